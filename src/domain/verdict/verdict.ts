import type { Life } from '../custody/life.js';
import type { OrganisationRole } from '../custody/world.js';
import type { ScanReading } from '../gs1/scan.js';
import type { PackRecord, ScanFacts, VerdictFacts, Viewer } from './facts.js';
import { REASON_CODES, REASONS, type AdviceCode, type ReasonCode, type VerdictKind } from './reasons.js';

/** What the code says and what is recorded, where they differ. */
export interface Difference {
  readonly field: 'lot' | 'expiry';
  readonly expected: string;
  readonly got: string;
}

/** One honest answer about a pack. */
export interface Verdict {
  readonly verdict: VerdictKind;
  /** The gravest reason; null for `genuine`. */
  readonly reason: ReasonCode | null;
  /** All reasons, the gravest first. */
  readonly reasons: readonly ReasonCode[];
  readonly advice: AdviceCode;
  readonly differences: readonly Difference[];
}

const NO_DIFFERENCES: readonly Difference[] = [];

/** From what is known about a pack to one verdict. Total: every combination of facts has exactly one. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const { pack, scan, viewer } = facts;
  const record = typeof pack === 'object' ? pack : undefined;
  const scanFault = faultOf(scan);
  const differences =
    scanFault === null && record && scan.reading ? differencesOf(scan.reading, record) : NO_DIFFERENCES;
  const found = new Set<ReasonCode>();
  if (scanFault !== null) found.add(scanFault);
  else if (pack === 'unavailable') found.add('state_unavailable');
  else if (record === undefined) found.add(unrecorded(facts));
  else {
    for (const { field } of differences) found.add(field === 'lot' ? 'lot_differs' : 'expiry_differs');
    addRecorded(found, record, viewer, facts.today);
  }
  const reasons = found.size === 0 ? [] : REASON_CODES.filter((code) => found.has(code));
  const [reason = null] = reasons;
  return {
    verdict: reason === null ? 'genuine' : REASONS[reason].verdict,
    reason,
    reasons,
    advice: adviceFor(reason, viewer),
    differences,
  };
}

/** Where the lot or the expiry of a reading is not the one recorded; what the code does not carry does not differ. */
export function differencesOf(
  reading: Pick<ScanReading, 'lot' | 'expiry'>,
  record: Pick<PackRecord, 'lot' | 'expiry'>,
): readonly Difference[] {
  const { lot, expiry } = reading;
  const lotDiffers = lot !== undefined && lot !== record.lot;
  const expiryDiffers = expiry !== undefined && expiry !== record.expiry;
  if (!lotDiffers && !expiryDiffers) return NO_DIFFERENCES;
  return [
    ...(lotDiffers ? [{ field: 'lot' as const, expected: record.lot, got: lot }] : []),
    ...(expiryDiffers ? [{ field: 'expiry' as const, expected: record.expiry, got: expiry }] : []),
  ];
}

/** True where a pack that was dispensed may not turn up again: whoever supplies medicine, but does not oversee it. */
export const suppliesMedicine = (role: OrganisationRole): boolean => role === 'clinic' || role === 'distributor';

function faultOf({ fault, reading }: ScanFacts): ReasonCode | null {
  if (fault !== null) return fault;
  if (reading === undefined) return 'scan_unreadable';
  if (reading.gtin !== undefined && reading.serial !== undefined) return null;
  return reading.gtin === undefined && reading.sscc !== undefined ? 'container_scanned' : 'no_serial';
}

function unrecorded({ productKnown, serialIssued, reported }: VerdictFacts): ReasonCode {
  if (reported === true) return 'only_reported';
  if (!productKnown) return 'unknown_product';
  return serialIssued ? 'not_commissioned' : 'unknown_serial';
}

/** Lives in which a pack is out of supply whoever looks; the others depend on who looks, and from where. */
const OUT_OF_SUPPLY: Partial<Readonly<Record<Life, ReasonCode>>> = {
  encoded: 'not_commissioned',
  exported: 'exported',
  sampled: 'sampled',
  repacked: 'repacked',
  inactive: 'inactive',
  destroyed: 'destroyed',
  stolen: 'stolen',
  lost: 'lost',
  damaged: 'damaged',
};

function addRecorded(found: Set<ReasonCode>, pack: PackRecord, viewer: Viewer, today: string): void {
  for (const { kind } of pack.holds) found.add(kind);
  if (today > pack.expiry) found.add('expired');
  const reason = OUT_OF_SUPPLY[pack.life] ?? placed(pack, viewer);
  if (reason !== undefined) found.add(reason);
}

function placed(pack: PackRecord, viewer: Viewer): ReasonCode | undefined {
  const supplier = viewer !== 'public' && suppliesMedicine(viewer.role) ? viewer : undefined;
  const isHere = viewer !== 'public' && viewer.site !== null && viewer.site === pack.site;
  switch (pack.life) {
    case 'dispensed':
      return supplier !== undefined && !isHere ? 'dispensed_elsewhere' : 'already_dispensed';
    case 'partially_dispensed':
      return isHere ? undefined : 'partially_dispensed';
    case 'in_transit':
      return supplier !== undefined && supplier.site !== null && supplier.site === pack.destination
        ? 'in_transit_to_you'
        : 'in_transit';
    default:
      return supplier !== undefined && !isHere ? 'not_held_here' : undefined;
  }
}

function adviceFor(reason: ReasonCode | null, viewer: Viewer): AdviceCode {
  if (viewer === 'public') return reason === null ? 'may_use' : REASONS[reason].publicAdvice;
  return reason === null ? 'may_supply' : REASONS[reason].advice;
}
