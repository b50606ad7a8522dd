import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/actor.js';
import type { CheckedRow, ImportKind, Outcome } from './import-kind.js';
import type { ImportReport, ReportLine } from './import-report.js';
import { type CsvRecord, type Delimiter, readCsv } from './read-csv.js';
import { columnsIn, RowReader } from './row-reader.js';

export interface ImportOptions {
  /** Only says what would happen. */
  readonly dryRun: boolean;
  /** Registers what is right also where other rows are refused. */
  readonly partial: boolean;
  readonly delimiter?: Delimiter | undefined;
  /** Who says it, for master data. */
  readonly sender?: string | undefined;
}

type Row<Value> = { readonly line: number; readonly checked: CheckedRow<Value> | undefined; outcome?: Outcome };

/** Reads a file, checks every row, and registers all of them or none, or what is right of them. */
@Injectable()
export class CsvImport {
  /** Throws BadRequestError for what is no such file; a row that is refused is told in the report. */
  async run<Value>(
    kind: ImportKind<Value>,
    source: AsyncIterable<Uint8Array>,
    actor: Actor,
    options: ImportOptions,
  ): Promise<ImportReport> {
    const { dryRun, partial, sender } = options;
    const { header, records, delimiter } = await readCsv(source, options.delimiter);
    const columns = columnsIn(header, kind.columns, kind.open);
    const rows = checked(kind, columns, records, delimiter, actor);
    const wrong = rows.filter(({ checked: value }) => value === undefined).length;
    const right = rows.filter((row): row is Row<Value> & { checked: CheckedRow<Value> } => row.checked !== undefined);
    let applied = false;
    const write = (refused: number): boolean => (applied = !dryRun && (partial || wrong + refused === 0));
    const outcomes = await kind.apply(
      right.map((row) => row.checked),
      actor,
      { sender, write },
    );
    right.forEach((row, at) => (row.outcome = outcomes[at]!));
    return report(kind.name, rows, { dryRun, partial, applied });
  }
}

function checked<Value>(
  kind: ImportKind<Value>,
  columns: readonly string[],
  records: readonly CsvRecord[],
  delimiter: Delimiter,
  actor: Actor,
): Row<Value>[] {
  const lineOfKey = new Map<string, number>();
  return records.map(({ line, fields }) => {
    const refused = (code: string, expected: string, got: string): Row<Value> => ({
      line,
      checked: undefined,
      outcome: { outcome: 'refused', problems: [{ column: null, code, expected, got }] },
    });
    if (fields.length !== columns.length) {
      return refused('COLUMN_COUNT', `${columns.length} fields, as the header has`, `${fields.length} fields`);
    }
    const reader = new RowReader(new Map(columns.map((name, at) => [name, fields[at]!])), kind.columns, delimiter);
    const value = kind.read(reader, actor);
    if (value === undefined || reader.problems.length > 0) {
      return { line, checked: undefined, outcome: { outcome: 'refused', problems: reader.problems } };
    }
    const before = lineOfKey.get(value.key);
    if (before !== undefined)
      return refused('KEY_REPEATED', `each once in a file`, `${value.key}, as on line ${before}`);
    lineOfKey.set(value.key, line);
    return { line, checked: value };
  });
}

function report<Value>(
  kind: string,
  rows: readonly Row<Value>[],
  how: Pick<ImportReport, 'dryRun' | 'partial' | 'applied'>,
): ImportReport {
  const lines: ReportLine[] = rows.map(({ line, checked: value, outcome }) => ({
    line,
    key: value?.key ?? null,
    ...outcome!,
  }));
  const count = (wanted: Outcome['outcome']) => lines.filter(({ outcome }) => outcome === wanted).length;
  return {
    kind,
    ...how,
    rows: rows.length,
    created: count('created'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    lines,
  };
}
