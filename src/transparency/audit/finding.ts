/** What an audit can find. Stable. */
export type FindingCode =
  | 'EVENT_CHANGED'
  | 'EVENT_REMOVED'
  | 'EVENT_SWAPPED'
  | 'EVENTS_SHIFTED'
  | 'EVENT_INSERTED'
  | 'ENTRY_CHANGED'
  | 'ENTRY_REMOVED'
  | 'ENTRY_INSERTED'
  | 'COMMITMENT_CHANGED'
  | 'ERASURE_CHANGED'
  | 'ERASURE_MISSING'
  | 'ERASURE_UNDONE'
  | 'TRAIL_CHANGED'
  | 'TRAIL_MISSING'
  | 'ENTRY_UNKNOWN'
  | 'TILE_CHANGED'
  | 'TILE_MISSING'
  | 'TREE_WRONG'
  | 'CHECKPOINT_WRONG'
  | 'CHECKPOINT_SIGNATURE'
  | 'CHAIN_MISMATCH'
  | 'CHAIN_AHEAD'
  | 'ANCHOR_NOT_ON_CHAIN';

/** One thing that does not hold. */
export interface Finding {
  readonly code: FindingCode;
  /** A sentence that names the event, the tile or the range. */
  readonly message: string;
  /** Position of the event, where one is concerned. */
  readonly position?: number;
  readonly eventId?: string;
}

/** An event whose content was destroyed, as its logged record says: nothing is wrong with it. */
export interface ErasedEventSeen {
  readonly position: number;
  readonly at: string;
  readonly reason: string;
  /** Digital Link of the organisation that erased it. */
  readonly by: string;
  /** Place of the record's entry. */
  readonly loggedIn: number;
}

/** What an audit saw. */
export interface AuditReport {
  readonly ok: boolean;
  readonly origin: string;
  /** Entries of the log, and what they are of. */
  readonly entries: number;
  readonly events: number;
  readonly erased: readonly ErasedEventSeen[];
  /** Batches of the access trail, and how many of them were forgotten after their retention. */
  readonly trailBatches: number;
  readonly trailForgotten: number;
  readonly integrated: number;
  readonly checkpoints: number;
  /** Anchors that the chain itself shows. */
  readonly anchors: number;
  /** Entries that a final block of the chain vouches for. */
  readonly anchoredSize: number;
  readonly findings: readonly Finding[];
  /** What could not be asked, and why. */
  readonly notAsked: readonly string[];
}
