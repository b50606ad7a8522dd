import type { Outcome, RowProblem } from './import-kind.js';

/** What became of one row. */
export interface ReportLine {
  /** Where the row begins in the file, from 1. */
  readonly line: number;
  /** What it registers; null where that could not be read. */
  readonly key: string | null;
  readonly outcome: Outcome['outcome'];
  /** Columns that changed. */
  readonly fields?: readonly string[];
  readonly problems?: readonly RowProblem[];
}

export interface ImportReport {
  readonly kind: string;
  readonly dryRun: boolean;
  readonly partial: boolean;
  /** Whether what is right was registered. */
  readonly applied: boolean;
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly lines: readonly ReportLine[];
}

const HEADER = ['line', 'outcome', 'key', 'column', 'code', 'expected', 'got', 'fields'];

/** The report as CSV: a line for each row and for each further problem of it. */
export function reportCsv({ lines }: ImportReport): string {
  const rows = lines.flatMap(({ line, key, outcome, fields = [], problems = [] }) => {
    const first = problems.length > 0 ? problems : [undefined];
    return first.map((problem) => [
      String(line),
      outcome,
      key ?? '',
      problem?.column ?? '',
      problem?.code ?? '',
      problem?.expected ?? '',
      problem?.got ?? '',
      fields.join(' '),
    ]);
  });
  return csvText([HEADER, ...rows]);
}

/** CSV of RFC 4180 with a byte order mark, which spreadsheets need to see that it is UTF-8. */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  '\uFEFF' + rows.map((row) => row.map(csvCell).join(',') + '\r\n').join('');

/** One cell. What a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}
