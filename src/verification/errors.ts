import { DomainError } from '../domain/errors.js';

/** Why a scan or a report is refused before anything is looked up. The codes are public API. */
export type VerificationRefusal =
  | 'SCAN_TOO_LONG'
  | 'SCAN_MISSING'
  | 'SITE_REQUIRED'
  | 'EVENT_TIME_IN_FUTURE'
  | 'PACK_NOT_NAMED'
  | 'PACK_DOES_NOT_AGREE'
  | 'REASON_INVALID';

export class VerificationRefusedError extends DomainError<VerificationRefusal> {
  override readonly name = 'VerificationRefusedError';
}

/** Characters of a scan: more than any GS1 symbol carries, repeated a few times. */
export const LONGEST_SCAN = 4096;

/** Refuses what is no scan. Throws SCAN_MISSING or SCAN_TOO_LONG. */
export function checkScan(scan: string): void {
  if (scan === '') throw new VerificationRefusedError('SCAN_MISSING', 'Expected a scan, got nothing.');
  if (scan.length <= LONGEST_SCAN) return;
  throw new VerificationRefusedError(
    'SCAN_TOO_LONG',
    `A scan has at most ${LONGEST_SCAN} characters; this one has ${scan.length}.`,
  );
}
