import type { ScanCandidate, ScanReading, ScanResult } from '../gs1/scan.js';
import type { PackRecord, ScanFacts } from './facts.js';
import { differencesOf } from './verdict.js';

/** Repairs below this may have made another code of it: they count only where the records agree. */
const CERTAIN = 0.95;

/** Readings of one scan that are looked up, the most probable first. */
const LOOKED_UP_MOST = 8;

export type RecordOf = (gtin: string, serial: string) => Pick<PackRecord, 'lot' | 'expiry'> | undefined;

/** A pack that a scan may mean. */
export interface PackKey {
  readonly gtin: string;
  readonly serial: string;
}

/** The packs that a scan may mean, the most probable first; `most` of them. */
export function packsToLookUp(scan: ScanResult, most = LOOKED_UP_MOST): readonly PackKey[] {
  const keys: PackKey[] = [];
  for (const { reading } of candidatesOf(scan)) {
    const { gtin, serial } = reading;
    if (gtin === undefined || serial === undefined) continue;
    if (!keys.some((key) => key.gtin === gtin && key.serial === serial)) keys.push({ gtin, serial });
    if (keys.length === most) break;
  }
  return keys;
}

/** True when the reading that triage gave does not fit the records, and others might. */
export function needsOtherReadings(scan: ScanResult, recordOf: RecordOf): boolean {
  return scan.reading !== undefined && !fits(scan.reading, recordOf) && scan.alternatives.length > 0;
}

/**
 * Picks the reading of a scan that counts. The most probable one wins where it fits the records; else the first other one
 * that fits them in lot and expiry, with its repairs told. Where none fits, a reading that needed no guess counts as it is,
 * and a guess is a fault of the scan, never of the pack.
 */
export function chooseReading(scan: ScanResult, recordOf: RecordOf): ScanFacts {
  const first = candidatesOf(scan).next().value;
  if (first === undefined) return facts(scan, undefined, 'scan_unreadable');
  if (isGiven(scan, first) && fits(first.reading, recordOf)) return facts(scan, first, null);
  const proven = [...candidatesOf(scan)].find(({ reading }) => isProven(reading, first.reading, recordOf));
  if (proven !== undefined) return facts(scan, proven, null);
  if (first.repairs.length === 0)
    return facts(scan, first, leavesDoubt(scan, first, recordOf) ? 'scan_ambiguous' : null);
  if (scan.status === 'ambiguous') return facts(scan, first, 'scan_ambiguous');
  const certain = first.repairs.every(({ confidence }) => confidence >= CERTAIN);
  return facts(scan, first, certain || !carriesPack(first.reading) ? null : 'scan_unreliable');
}

/** Triage stands by it: it is the reading, or took no guess. */
const isGiven = (scan: ScanResult, first: ScanCandidate): boolean =>
  scan.status !== 'ambiguous' || first.repairs.length === 0;

/** An unrepaired reading is in doubt only where it lacks something and another reading is a pack that is recorded. */
function leavesDoubt(scan: ScanResult, first: ScanCandidate, recordOf: RecordOf): boolean {
  const { gtin, serial, lot, expiry } = first.reading;
  const complete = gtin !== undefined && serial !== undefined && lot !== undefined && expiry !== undefined;
  if (scan.status !== 'ambiguous' || complete) return false;
  return !carriesPack(first.reading) || scan.alternatives.some(({ reading }) => recorded(reading, recordOf));
}

/** The reading that triage gave, then the others: these are worked out only for who goes on to them. */
function* candidatesOf(scan: ScanResult): Generator<ScanCandidate, undefined> {
  const { form, reading, repairs, notices } = scan;
  if (reading !== undefined && form !== undefined) yield { form, reading, repairs, notices, confidence: 1 };
  yield* scan.alternatives;
}

const carriesPack = ({ gtin, serial }: ScanReading): boolean => gtin !== undefined && serial !== undefined;

function recorded({ gtin, serial }: ScanReading, recordOf: RecordOf): ReturnType<RecordOf> {
  return gtin === undefined || serial === undefined ? undefined : recordOf(gtin, serial);
}

function fits(reading: ScanReading, recordOf: RecordOf): boolean {
  const record = recorded(reading, recordOf);
  return record !== undefined && differencesOf(reading, record).length === 0;
}

/** The records agree with the lot or the expiry, and nothing that the most probable reading carries was dropped. */
function isProven(reading: ScanReading, first: ScanReading, recordOf: RecordOf): boolean {
  if (reading.lot === undefined && (reading.expiry === undefined || first.lot !== undefined)) return false;
  if (reading.expiry === undefined && first.expiry !== undefined) return false;
  return fits(reading, recordOf);
}

function facts(scan: ScanResult, chosen: ScanCandidate | undefined, fault: ScanFacts['fault']): ScanFacts {
  if (chosen === undefined) {
    return { status: scan.status, reading: undefined, repairs: scan.repairs, notices: scan.notices, fault };
  }
  const { reading, repairs, notices } = chosen;
  const status = fault === 'scan_ambiguous' ? 'ambiguous' : repairs.length === 0 ? 'clean' : 'repaired';
  return { status, reading, repairs, notices, fault };
}
