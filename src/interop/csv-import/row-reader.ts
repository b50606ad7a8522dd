import { DomainError } from '../../domain/errors.js';
import { BadRequestError } from '../../platform/http/problem.js';
import type { Column, RowProblem } from './import-kind.js';
import type { Delimiter } from './read-csv.js';

const LONGEST_GOT = 100;

/** The values of one row by column, collecting what is wrong with them. */
export class RowReader {
  readonly problems: RowProblem[] = [];

  constructor(
    private readonly cells: ReadonlyMap<string, string>,
    private readonly columns: readonly Column[],
    private readonly delimiter: Delimiter,
  ) {}

  /** True when the file has the column. */
  has = (column: string): boolean => this.cells.has(column);

  /** The value of a column without its outer spaces; empty where there is none. */
  text = (column: string): string => (this.cells.get(column) ?? '').trim();

  /** The columns that are not of the kind, and their values. */
  others(): [name: string, value: string][] {
    const known = new Set(this.columns.map(({ name }) => name));
    return [...this.cells].filter(([name]) => !known.has(name));
  }

  /** Reads a value; what `read` refuses is told as a problem of the column. */
  take<Value>(column: string, read: (text: string) => Value): Value | undefined {
    try {
      return read(this.text(column));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.refuse(column, error.code);
      return undefined;
    }
  }

  /** A decimal number, null for nothing. With semicolons between the columns a comma may stand for the point. */
  number(column: string): number | null | undefined {
    return this.take(column, (text) => {
      if (text === '') return null;
      const plain = this.delimiter === ';' ? text.replace(',', '.') : text;
      if (/^-?\d{1,9}(\.\d{1,15})?$/.test(plain)) return Number(plain);
      throw new DomainError('NUMBER_INVALID', 'Not a number.');
    });
  }

  refuse(column: string, code: string): void {
    const expected = this.columns.find(({ name }) => name === column)?.expected ?? '';
    this.problems.push({ column, code, expected, got: this.text(column).slice(0, LONGEST_GOT) });
  }
}

/**
 * The columns that a header names, in its order, in our spelling; capitals do not count. Throws BadRequestError:
 * COLUMN_REQUIRED, COLUMN_UNKNOWN, COLUMN_REPEATED.
 */
export function columnsIn(header: readonly string[], columns: readonly Column[], open: boolean): string[] {
  const names = header.map((given) => {
    const name = given.trim();
    const known = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known.name;
    if (open && /^[A-Za-z][\w.:/#-]{0,199}$/.test(name)) return name;
    const expected = columns.map((column) => column.name).join(', ');
    throw new BadRequestError('COLUMN_UNKNOWN', `Expected columns of ${expected}; got ${JSON.stringify(name)}.`, 400, {
      line: 1,
      got: name.slice(0, LONGEST_GOT),
    });
  });
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw new BadRequestError('COLUMN_REPEATED', `The column ${repeated} stands twice.`, 400, {
      line: 1,
      got: repeated,
    });
  }
  const missing = columns.filter(({ name, required }) => required && !names.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const message = `The columns ${missing.join(', ')} are missing.`;
    throw new BadRequestError('COLUMN_REQUIRED', message, 400, { line: 1, expected: missing });
  }
  return names;
}
