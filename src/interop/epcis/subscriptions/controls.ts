import { z } from 'zod';
import { parseDateTime } from '../../../domain/epcis/date-time.js';
import {
  InvalidScheduleError,
  parseSchedule,
  type Schedule,
  SCHEDULE_FIELDS,
  type ScheduleText,
} from '../../../domain/epcis/schedule.js';
import { EpcisProblem } from '../rest/epcis-problem.js';

/** When and how a standing query reports (EPCIS 2.0 REST, query subscriptions). */
export interface Controls {
  /** As it was written; null where the query reports every event as it is captured. */
  readonly scheduleText: ScheduleText | null;
  readonly schedule: Schedule | null;
  /** A scheduled run that found nothing says so. */
  readonly reportIfEmpty: boolean;
  /** Events that were recorded before are left out; null means from now on. */
  readonly initialRecordTime: Date | null;
}

/** What a client asks for with a subscription. */
export interface SubscriptionRequest extends Controls {
  readonly dest: string;
  readonly signatureToken: string | null;
}

const LONGEST_TOKEN = 1000;

const part = z.union([z.string(), z.int().transform(String)]);
const body = z.strictObject({
  dest: z.string(),
  signatureToken: z.string().min(1).max(LONGEST_TOKEN).optional(),
  reportIfEmpty: z.boolean().optional(),
  initialRecordTime: z.string().optional(),
  stream: z.boolean().optional(),
  schedule: z.strictObject(Object.fromEntries(SCHEDULE_FIELDS.map((field) => [field, part.optional()]))).optional(),
});

/** Reads the body of a subscription. Throws SubscriptionControlsException, which names the member. */
export function subscriptionRequest(value: unknown): SubscriptionRequest {
  const parsed = body.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(issue!.path.join('.') || 'the body', issue!.message);
  }
  const { dest, signatureToken, reportIfEmpty, initialRecordTime, stream, schedule } = parsed.data;
  const said =
    schedule && (Object.fromEntries(Object.entries(schedule).filter(([, v]) => v !== undefined)) as ScheduleText);
  return {
    dest,
    signatureToken: signatureToken ?? null,
    ...controlsOf({ schedule: said, stream, reportIfEmpty: reportIfEmpty ?? false, initialRecordTime }),
  };
}

const SOCKET_PARAMETERS = new Set<string>([...SCHEDULE_FIELDS, 'stream', 'reportIfEmpty', 'initialRecordTime']);

/** Whether a URL parameter is one of those below: the rest belongs to the query. */
export const isControl = (name: string): boolean => SOCKET_PARAMETERS.has(name);

/** Reads the same from the parameters of a URL, as a WebSocket has them. Throws SubscriptionControlsException. */
export function controlsInUrl(given: readonly (readonly [name: string, value: string])[]): Controls {
  const parameters = new Map(given);
  if (parameters.size < given.length) throw refused('the address', 'Expected each parameter once.');
  const flag = (name: string): boolean | undefined => {
    const text = parameters.get(name);
    if (text === undefined || text === 'true' || text === 'false') return text && text === 'true';
    throw refused(name, `Expected true or false, got ${JSON.stringify(text.slice(0, 40))}.`);
  };
  const fields = SCHEDULE_FIELDS.filter((field) => parameters.has(field));
  return controlsOf({
    schedule:
      fields.length === 0 ? undefined : Object.fromEntries(fields.map((field) => [field, parameters.get(field)!])),
    stream: flag('stream'),
    reportIfEmpty: flag('reportIfEmpty') ?? false,
    initialRecordTime: parameters.get('initialRecordTime'),
  });
}

interface Said {
  readonly schedule: ScheduleText | undefined;
  readonly stream: boolean | undefined;
  readonly reportIfEmpty: boolean;
  readonly initialRecordTime: string | undefined;
}

function controlsOf({ schedule, stream, reportIfEmpty, initialRecordTime }: Said): Controls {
  if ((schedule === undefined) === (stream !== true)) {
    throw refused('schedule', 'Expected either a schedule or "stream": true, and not both.');
  }
  return {
    scheduleText: schedule ?? null,
    schedule: schedule === undefined ? null : scheduleOf(schedule),
    reportIfEmpty,
    initialRecordTime: initialRecordTime === undefined ? null : timeOf(initialRecordTime),
  };
}

function scheduleOf(text: ScheduleText): Schedule {
  try {
    return parseSchedule(text);
  } catch (error) {
    if (error instanceof InvalidScheduleError) throw refused('schedule', error.message);
    throw error;
  }
}

function timeOf(text: string): Date {
  const time = parseDateTime(text);
  if (!Number.isNaN(time)) return new Date(time);
  const got = JSON.stringify(text.slice(0, 40));
  throw refused('initialRecordTime', `Expected a time with its zone, as 2026-04-04T20:33:31.116Z, got ${got}.`);
}

const refused = (member: string, message: string): EpcisProblem =>
  new EpcisProblem('SubscriptionControlsException', 'SUBSCRIPTION_CONTROLS_INVALID', `${member}: ${message}`, {
    member,
  });
