import type { Actor } from '../../access/actor.js';
import type { RowReader } from './row-reader.js';

/** A column of a file. */
export interface Column {
  readonly name: string;
  /** A file without it is refused; in the others an absent column leaves as it is what is registered already. */
  readonly required: boolean;
  /** What a value must be, for people. */
  readonly expected: string;
  readonly example: string;
}

/** What is wrong with one value of a row; `column` is null for the row as a whole. */
export interface RowProblem {
  readonly column: string | null;
  readonly code: string;
  readonly expected: string;
  readonly got: string;
}

export type Outcome =
  | { readonly outcome: 'created' | 'unchanged' }
  | { readonly outcome: 'changed'; readonly fields: readonly string[] }
  | { readonly outcome: 'refused'; readonly problems: readonly RowProblem[] };

/** A row that is right by itself. */
export interface CheckedRow<Value> {
  /** What it registers, as a GTIN. */
  readonly key: string;
  readonly value: Value;
}

/** What can be imported. */
export interface ImportKind<Value> {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Other columns are attributes; without it they are refused. */
  readonly open: boolean;
  /** Reads a row; what is wrong is told to the reader, and undefined answered. */
  read(row: RowReader, actor: Actor): CheckedRow<Value> | undefined;
  /**
   * Compares rows with what is registered, and registers and changes if `write` says so once it heard how many rows are
   * refused here: all in one transaction. One outcome a row, in order.
   */
  apply(
    rows: readonly CheckedRow<Value>[],
    actor: Actor,
    options: { readonly sender: string | undefined; readonly write: (refused: number) => boolean },
  ): Promise<Outcome[]>;
}

export const refusedRow = (column: string | null, code: string, expected: string, got: string): Outcome => ({
  outcome: 'refused',
  problems: [{ column, code, expected, got }],
});
