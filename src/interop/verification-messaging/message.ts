import type { ReasonCode } from '../../domain/verdict/reasons.js';

/** GS1 Lightweight Messaging Standard for Verification of Product Identifiers, US implementation guideline 1.3. */
export const FAILURE_REASONS = [
  'No_match_GTIN_Serial',
  'No_match_GTIN_Serial_Lot_Expiry',
  'No_match_GTIN_Serial_Lot',
  'No_match_GTIN_Serial_Expiry',
  'Manufacturer_policy',
  'Not_for_re-distribution',
  'No_reason_provided',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export const ADDITIONAL_INFO = ['Expired', 'ExpirationExtended', 'Recalled', 'Suspect', 'Illegitimate'] as const;
export type AdditionalInfo = (typeof ADDITIONAL_INFO)[number];

/** What a responder says of a pack. */
export interface VerificationData {
  readonly verified: boolean;
  readonly verificationFailureReason?: FailureReason;
  readonly additionalInfo?: AdditionalInfo;
}

/** The body of an answer. */
export interface VerificationMessage {
  readonly verificationTimestamp: string;
  readonly responderGLN: string;
  readonly data: VerificationData;
  readonly corrUUID: string;
}

/** Does not speak against the identifiers: where a pack is, is no matter of its maker's. */
const NEUTRAL = 'neutral';
type Meaning = typeof NEUTRAL | readonly [FailureReason, AdditionalInfo?];

const NO_MATCH: Meaning = ['No_match_GTIN_Serial'];
const UNCLEAR: Meaning = ['No_reason_provided'];
const OUT: Meaning = ['Not_for_re-distribution'];
const SUSPECT: Meaning = ['Not_for_re-distribution', 'Suspect'];
const RECALLED: Meaning = ['Not_for_re-distribution', 'Recalled'];

/** What each reason of a verdict is in the words of the standard. The two that differ by lot and expiry are joined below. */
const MEANINGS: Readonly<Record<ReasonCode, Meaning>> = {
  state_unavailable: UNCLEAR,
  scan_unreadable: UNCLEAR,
  container_scanned: UNCLEAR,
  no_serial: UNCLEAR,
  scan_ambiguous: UNCLEAR,
  scan_unreliable: UNCLEAR,
  only_reported: UNCLEAR,
  unknown_product: NO_MATCH,
  unknown_serial: NO_MATCH,
  not_commissioned: NO_MATCH,
  dispensed_elsewhere: SUSPECT,
  lot_differs: ['No_match_GTIN_Serial_Lot'],
  expiry_differs: ['No_match_GTIN_Serial_Expiry'],
  recalled: RECALLED,
  withdrawn: RECALLED,
  stolen: ['Not_for_re-distribution', 'Illegitimate'],
  clone_suspect: SUSPECT,
  suspect: SUSPECT,
  destroyed: OUT,
  inactive: OUT,
  expired: ['Manufacturer_policy', 'Expired'],
  exported: OUT,
  sampled: OUT,
  repacked: OUT,
  lost: OUT,
  excursion: OUT,
  damaged: OUT,
  mismatch: SUSPECT,
  disputed: SUSPECT,
  already_dispensed: OUT,
  partially_dispensed: OUT,
  in_transit_to_you: NEUTRAL,
  in_transit: NEUTRAL,
  not_held_here: NEUTRAL,
};

/** The answer to a verification, from the reasons of a verdict (the gravest first). */
export function dataOf(reasons: readonly ReasonCode[]): VerificationData {
  if (reasons.includes('lot_differs') && reasons.includes('expiry_differs')) {
    return { verified: false, verificationFailureReason: 'No_match_GTIN_Serial_Lot_Expiry' };
  }
  for (const reason of reasons) {
    const meaning = MEANINGS[reason];
    if (meaning === NEUTRAL) continue;
    const [verificationFailureReason, additionalInfo] = meaning;
    return {
      ...{ verified: false, verificationFailureReason },
      ...(additionalInfo !== undefined && { additionalInfo }),
    };
  }
  return { verified: true };
}
