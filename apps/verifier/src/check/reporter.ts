import type { Check } from '../../../../src/domain/receipt/check.js';
import type { Receipt } from '../../../../src/domain/receipt/receipt.js';
import type { Evidence } from '../evidence.js';

/** One receipt and what became of its links. */
export interface ReceiptResult {
  readonly receipt: Receipt;
  readonly checks: readonly Check[];
  readonly proven: boolean;
}

/** What became of one file: its receipts, or why it holds none. */
export type FileReport =
  | {
      readonly path: string;
      readonly kind: Evidence['kind'];
      readonly proven: boolean;
      readonly receipts: readonly ReceiptResult[];
    }
  | {
      readonly path: string;
      readonly proven: false;
      readonly error: { readonly code: string; readonly message: string };
    };

/** Says how a check goes, file by file, while it goes. */
export interface Reporter {
  file(report: FileReport): void;
  /** A file that is something else than evidence. */
  skipped(path: string): void;
  end(): void;
}
