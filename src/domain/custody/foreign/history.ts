import type { Act, Gap } from '../act.js';
import type { EventRef, LotState } from '../world.js';
import type { Hold } from '../holds.js';
import type { ForeignReading, Named } from './reading.js';

/** One event in the history of some packs and containers. */
export interface HistoryEntry {
  /** Its position; of one that is being decided, negative. */
  readonly ref: EventRef;
  readonly reading: ForeignReading;
  readonly act: Omit<Act, 'site'>;
  /** EPCs for which it was decided. */
  readonly decided: ReadonlySet<string>;
  /** EPCs about which it could not be decided so far. */
  readonly open: ReadonlySet<string>;
  /** EPCs that it found missing at a receipt. */
  readonly missing: ReadonlySet<string>;
  /** A step of our own that took a dispensing back. */
  readonly undoes: boolean;
}

/** Everything that happened to some packs and containers, and to all that their states depend on. */
export interface History {
  readonly things: Named;
  readonly entries: readonly HistoryEntry[];
  readonly lots: readonly LotState[];
  /** In force now, on any of the things or their lots. */
  readonly holds: readonly Hold[];
}

/** What a history comes to when it is decided again from its beginning. */
export interface Decided {
  /** By event, the EPCs that were open and are decided now. */
  readonly resolved: ReadonlyMap<EventRef, ReadonlySet<string>>;
  /** By event, what stays open, and why. */
  readonly gaps: ReadonlyMap<EventRef, readonly Gap[]>;
}
