const FIRST_MS = 1000;
const LONGEST_MS = 600_000;

/**
 * Milliseconds to wait after so many failed attempts: a second, doubled each time, ten minutes at most, and between half
 * of that and all of it, so that many subscriptions of one receiver do not come back at once. `random` is in [0, 1).
 */
export function pauseAfter(attempts: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(most * (0.5 + random / 2));
}

/** What becomes of a delivery by what its receiver answered. */
export type Outcome = 'taken' | 'too_large' | 'gone' | 'failed';

/** 2xx took it, 413 wants less at once (EPCIS 2.0 REST, callback), 410 wants nothing any more; the rest is tried again. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'taken';
  if (status === 413) return 'too_large';
  return status === 410 ? 'gone' : 'failed';
}
