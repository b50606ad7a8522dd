/** What can block a pack, a container or a lot beside its own life and expiry (design part 4). */
export const HOLD_KINDS = [
  'suspect',
  'clone_suspect',
  'excursion',
  'damaged',
  'mismatch',
  'disputed',
  'recalled',
  'withdrawn',
] as const;

export type HoldKind = (typeof HOLD_KINDS)[number];

/** Urgency of a recall: 1 is immediate and reaches the patient, 4 is a caution. */
export type RecallClass = 1 | 2 | 3 | 4;

/** A hold in force. On a pack (`item` set), on a container (`sscc`), or on a whole lot (neither). */
export interface Hold {
  /** Row of the hold; undefined while it is only decided. */
  readonly id?: number;
  readonly kind: HoldKind;
  readonly lotId: number | null;
  readonly item: { readonly gtin: string; readonly serial: string } | null;
  readonly sscc: string | null;
  readonly recallClass: RecallClass | null;
  readonly openedBy: number;
  readonly openedIn: number;
  readonly openedAt: string;
  readonly reason: string;
  /** Who asked for the recall to be lifted, where a second party must agree. */
  liftRequestedBy: number | null;
}

/** Every kind blocks supply and movement; the words a person reads. */
export const HOLD_WORDS: Readonly<Record<HoldKind, string>> = {
  suspect: 'is under suspicion',
  clone_suspect: 'may have a copy in circulation',
  excursion: 'was outside its temperature limits',
  damaged: 'is reported damaged',
  mismatch: 'was missing or unexpected at a receipt',
  disputed: 'is disputed between trading partners',
  recalled: 'is recalled',
  withdrawn: 'is withdrawn',
};
