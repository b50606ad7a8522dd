import { ADVICE, type AdviceCode, type ReasonCode, type VerdictKind } from '../../../domain/verdict/reasons.js';

/** What somebody who got the medicine is advised: the third column of the table of reasons, and `may_use`. */
export type PublicAdvice =
  | 'may_use'
  | 'ask_again'
  | 'scan_again'
  | 'scan_pack'
  | 'do_not_use'
  | 'return_recalled'
  | 'expected_if_dispensed'
  | 'ask_pharmacist';

/** Every text of the public page, in one language. A language is one file beside this one, and a line in `languages.ts`. */
export interface Messages {
  /** BCP 47. */
  readonly language: string;
  /** In whose way dates are written (BCP 47). */
  readonly locale: string;
  /** The language's own name. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  readonly verdicts: Readonly<Record<VerdictKind, string>>;
  readonly reasons: Readonly<Record<ReasonCode, string>>;
  readonly advice: Readonly<Partial<Record<AdviceCode, string>> & Record<PublicAdvice, string>>;
  readonly words: Readonly<Record<Word, string>>;
}

/** `{time}` stands for when the records were read. */
export type Word =
  | 'title'
  | 'product'
  | 'lot'
  | 'serial'
  | 'expiry'
  | 'what_to_do'
  | 'checked'
  | 'recall'
  | 'no_recall'
  | 'lot_recalled'
  | 'more'
  | 'report'
  | 'report_hint'
  | 'report_reason'
  | 'send'
  | 'reported'
  | 'not_reported'
  | 'no_report'
  | 'languages';

/** The text of an advice; in English where a language lacks one that the public does not get. */
export const adviceText = ({ advice }: Messages, code: AdviceCode): string => advice[code] ?? ADVICE[code];
