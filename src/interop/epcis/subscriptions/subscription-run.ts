import { nextRun, parseSchedule, type ScheduleText } from '../../../domain/epcis/schedule.js';
import type { Claimed, Progress } from './deliveries.store.js';
import type { Positions } from './log-reading.store.js';

/** What one execution of a standing query is about. */
export interface Run {
  /** Where it stops: what comes later is the next execution's. */
  readonly until: Positions;
  readonly at: Date;
  readonly reported: boolean;
  /** What its deliveries say as GS1-Query-Min-Record-Time: when the execution before it began. */
  readonly minRecordTime: Date;
}

/** The run that is under way, or the one that begins now. A stream's goes as far as the logs do, and begins again each time. */
export function runOf(subscription: Claimed, ends: Positions, now: Date): Run {
  const { runUntil, runAt, runReported, minRecordTime } = subscription;
  if (runUntil !== null && runAt !== null) return { until: runUntil, at: runAt, reported: runReported, minRecordTime };
  return { until: ends, at: now, reported: false, minRecordTime };
}

/** How far a subscription is within a run. */
export function duringRun(
  { nextRunAt, minRecordTime }: Claimed,
  run: Run,
  cursors: Positions,
  reported: boolean,
): Progress {
  return { cursors, runUntil: run.until, runAt: run.at, runReported: reported, nextRunAt, minRecordTime };
}

/** How far it is at the end of one. Runs that were missed are not made up for: the next one finds what they would have. */
export function afterRun({ schedule }: Claimed, run: Run, cursors: Positions, now: Date): Progress {
  const next = schedule === null ? null : nextRun(parseSchedule(JSON.parse(schedule) as ScheduleText), now.getTime())!;
  return {
    cursors,
    runUntil: null,
    runAt: null,
    runReported: false,
    nextRunAt: next === null ? null : new Date(next),
    minRecordTime: run.at,
  };
}
