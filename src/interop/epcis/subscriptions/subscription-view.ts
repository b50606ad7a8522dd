import type { DeadLetter } from './dead-letters.store.js';
import type { StoredSubscription } from './subscriptions.store.js';

/** A subscription as the binding shows it, and, beside, how it stands. The secret is not in it. */
export function subscriptionView(stored: StoredSubscription): Record<string, unknown> {
  const { id, queryName, dest, signed, schedule, reportIfEmpty, epcFormat, cbvFormat, deadLetters } = stored;
  return {
    subscriptionID: id,
    queryName,
    dest,
    createdAt: stored.createdAt.toISOString(),
    ...(stored.lastNotifiedAt && { lastNotifiedAt: stored.lastNotifiedAt.toISOString() }),
    ...(stored.initialRecordTime && { initialRecordTime: stored.initialRecordTime.toISOString() }),
    minRecordTime: stored.minRecordTime.toISOString(),
    reportIfEmpty,
    ...(schedule === null ? { stream: true } : { schedule: JSON.parse(schedule) as unknown }),
    epcFormat,
    cbvFormat,
    signed,
    state: stateOf(stored),
    ...(stored.nextRunAt && stored.state === 'active' && { nextRunAt: stored.nextRunAt.toISOString() }),
    deadLetters,
    ...(stored.attempts !== null && {
      failing: {
        attempts: stored.attempts,
        since: stored.failingSince?.toISOString(),
        status: stored.lastStatus,
        problem: stored.lastProblem,
      },
    }),
  };
}

/** `active`, `failing` (its receiver does not take what is on its way), `stopped` (its owner may not sign in), `ended` (410). */
function stateOf({ state, stopped, attempts }: StoredSubscription): string {
  if (state === 'ended') return 'ended';
  if (stopped) return 'stopped';
  return attempts === null ? 'active' : 'failing';
}

export const deadLetterView = ({ id, events, createdAt, deadAt, attempts, lastStatus, lastProblem }: DeadLetter) => ({
  deliveryID: id,
  events,
  createdAt: createdAt.toISOString(),
  deadAt: deadAt.toISOString(),
  attempts,
  status: lastStatus,
  problem: lastProblem,
});
