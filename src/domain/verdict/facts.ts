import type { HoldKind, RecallClass } from '../custody/holds.js';
import type { Life } from '../custody/life.js';
import type { OrganisationRole } from '../custody/world.js';
import type { ScanFinding, ScanReading, ScanStatus } from '../gs1/scan.js';

/** Who looks at the pack: anybody, or somebody signed in, at a site if one is known. */
export type Viewer =
  'public' | { readonly organisation: number; readonly role: OrganisationRole; readonly site: number | null };

/** What came of a scan once the records were looked at: which reading counts, or why none does. */
export interface ScanFacts {
  readonly status: ScanStatus;
  /** The reading that counts, or the most probable one where a fault says that none does. */
  readonly reading: ScanReading | undefined;
  readonly repairs: readonly ScanFinding[];
  readonly notices: readonly ScanFinding[];
  readonly fault: 'scan_unreadable' | 'scan_ambiguous' | 'scan_unreliable' | null;
}

export interface RecordedHold {
  readonly kind: HoldKind;
  readonly recallClass: RecallClass | null;
}

/** A pack as recorded; life, holder, site and destination are those of its outermost container. */
export interface PackRecord {
  readonly life: Life;
  readonly holder: number | null;
  readonly site: number | null;
  /** Where it is being shipped to; null when it is not on its way. */
  readonly destination: number | null;
  readonly lot: string;
  /** Last day of use, `YYYY-MM-DD`. */
  readonly expiry: string;
  /** In force on the pack, on a container around it, and on its lot. */
  readonly holds: readonly RecordedHold[];
}

/** All that a verdict depends on. */
export interface VerdictFacts {
  readonly scan: ScanFacts;
  /** Whether the GTIN is registered. */
  readonly productKnown: boolean;
  /** Whether the serial number was issued; asked only where no pack is recorded. */
  readonly serialIssued: boolean;
  /** `unavailable`: the records cannot be read. */
  /** Whether other systems reported events of it that could not be decided; asked only where no pack is recorded. */
  readonly reported?: boolean;
  readonly pack: PackRecord | 'unavailable' | undefined;
  readonly viewer: Viewer;
  /** The day where the viewer is, `YYYY-MM-DD`. */
  readonly today: string;
}
