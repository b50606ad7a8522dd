import type { PackKey } from '../domain/verdict/choose-reading.js';
import type { ScanFacts, Viewer } from '../domain/verdict/facts.js';
import type { Verdict } from '../domain/verdict/verdict.js';
import type { ScanResult } from '../domain/gs1/scan.js';
import type { ReportedEvent, StoredPack } from './verification.store.js';

/** A scan, and who asks about it. */
export interface VerifyRequest {
  /** What the scanner or keyboard gave, unchanged. */
  readonly raw: string;
  readonly viewer: Viewer;
  readonly person: number | null;
  readonly purpose: string;
  /** As the client gave it, ISO 8601 with its offset; undefined where it gave none. */
  readonly scannedAt: string | undefined;
}

/** The answer to a scan; the scan is durable when it is given. */
export interface Verified {
  readonly verdict: Verdict;
  /** The reading that counted, and what is wrong with the scan. */
  readonly scan: ScanFacts;
  readonly triage: ScanResult;
  readonly pack: StoredPack | undefined;
  /** Events that other systems reported of it and that could not be decided, the oldest first. */
  readonly reported: readonly ReportedEvent[];
  /** The scan's time, and the time at which the records were read, in milliseconds since 1970. */
  readonly scannedAt: string;
  readonly asOf: number;
}

/** The pack that a scan names for certain, where it names one. */
export function packKeyOf({ reading, fault }: ScanFacts): PackKey | undefined {
  const { gtin, serial } = reading ?? {};
  return fault !== null || gtin === undefined || serial === undefined ? undefined : { gtin, serial };
}
