import type { Installation } from './installation.js';

/** A promise of design part 8: what was measured must be at least, or at most, the bar. */
export interface Bar {
  readonly what: string;
  readonly bar: number;
  readonly got: number;
  readonly sense: 'at least' | 'at most';
}

/** One line of the answer. Times are in milliseconds. */
export interface Result {
  readonly row: string;
  readonly work: string;
  readonly value: number;
  readonly unit: string;
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
  /** What the same machine gives at best in the same run, in the unit of `value`. */
  readonly ceiling?: { readonly what: string; readonly value: number } | undefined;
  readonly bars: readonly Bar[];
}

/** What a row may use; the installation starts with the first row that asks for it. */
export interface Bench {
  installation(): Promise<Installation>;
  note(text: string): void;
}

export type Row = (bench: Bench) => Promise<readonly Result[]>;

export const isMet = ({ bar, got, sense }: Bar): boolean => (sense === 'at least' ? got >= bar : got <= bar);

/** 1 is as good as the ceiling. */
export const ratioOf = ({ value, unit, ceiling }: Result): number | undefined =>
  ceiling && (unit === 'ms' ? ceiling.value / value : value / ceiling.value);
