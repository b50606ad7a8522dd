import type { ScanReading } from '../gs1/scan.js';
import type { PackRecord } from './facts.js';
import type { AdviceCode, ReasonCode, VerdictKind } from './reasons.js';
import type { Verdict } from './verdict.js';

/** All that somebody learns who is not signed in. */
export interface PublicAnswer {
  readonly verdict: VerdictKind;
  readonly reason: ReasonCode | null;
  readonly advice: AdviceCode;
  readonly gtin: string | null;
  readonly lot: string | null;
  readonly expiry: string | null;
}

/**
 * What of a verdict is for everybody. Lot and expiry are the recorded ones of a pack that is genuine, and otherwise only
 * what the code itself says: a wrong code never brings out what the right one would be.
 */
export function publicAnswer(
  { verdict, reason, advice }: Verdict,
  reading: ScanReading | undefined,
  pack: Pick<PackRecord, 'lot' | 'expiry'> | undefined,
): PublicAnswer {
  const isGenuine = verdict === 'genuine' || verdict === 'genuine_do_not_supply';
  const shown = isGenuine && pack !== undefined ? pack : reading;
  return {
    verdict,
    reason,
    advice,
    gtin: reading?.gtin ?? null,
    lot: shown?.lot ?? null,
    expiry: shown?.expiry ?? null,
  };
}
