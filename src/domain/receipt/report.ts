import { DomainError } from '../errors.js';

/** The links from the fields that a receipt shows to the block of a chain. Stable; docs/formats/receipt.md. */
export type CheckName =
  | 'disclosures'
  | 'log-inclusion'
  | 'checkpoint'
  | 'log-key'
  | 'witnesses'
  | 'anchor'
  | 'anchor-contract'
  | 'anchor-state'
  | 'block-known'
  | 'chain-code'
  | 'chain-event'
  | 'chain-final';

/** One link: it holds, it does not, or (null) it was not asked: `detail` says for want of what. */
export interface Check {
  readonly name: CheckName;
  readonly ok: boolean | null;
  readonly detail: string;
  /** Which of the receipt's anchors this is about. */
  readonly anchor?: number;
}

export interface ReceiptReport {
  /** No link is broken. What was not asked is in `checks` with `ok: null`. */
  readonly holds: boolean;
  readonly checks: readonly Check[];
}

/** Puts checks together. */
export const report = (checks: readonly Check[]): ReceiptReport => ({
  holds: checks.every(({ ok }) => ok !== false),
  checks,
});

export const holds = (name: CheckName, detail: string): Check => ({ name, ok: true, detail });
export const fails = (name: CheckName, detail: string): Check => ({ name, ok: false, detail });
export const notAsked = (name: CheckName, detail: string): Check => ({ name, ok: null, detail });

/** Holds unless the work is refused. */
export function attempt(name: CheckName, detail: string, work: () => void): Check {
  try {
    work();
    return holds(name, detail);
  } catch (error) {
    return fails(name, reason(error));
  }
}

/** The message of a refusal; a bug passes through. */
export function reason(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  throw error;
}
