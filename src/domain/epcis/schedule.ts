import { DomainError } from '../errors.js';

/** The parts of a query schedule (EPCIS 2.0 REST, `schedule`), in the order in which a time is written. */
export const SCHEDULE_FIELDS = ['month', 'dayOfMonth', 'dayOfWeek', 'hour', 'minute', 'second'] as const;
export type ScheduleField = (typeof SCHEDULE_FIELDS)[number];

/** A schedule as a client writes it: a value, a `[range]`, a start and a step (`0/30`), or several with commas between. */
export type ScheduleText = Readonly<Partial<Record<ScheduleField, string>>>;

/** The values that each part of a time in UTC must have; Monday is 1 and Sunday 7. */
export type Schedule = Readonly<Record<ScheduleField, readonly number[]>>;

const LIMITS: Readonly<Record<ScheduleField, readonly [least: number, most: number]>> = {
  second: [0, 59],
  minute: [0, 59],
  hour: [0, 23],
  dayOfMonth: [1, 31],
  month: [1, 12],
  dayOfWeek: [1, 7],
};
const LONGEST_FIELD = 400;
const DAY_MS = 86_400_000;
/** 29 February falls on a given day of the week at least once in 40 years, also around a century without a leap day. */
const HORIZON_DAYS = 40 * 366;

/** A schedule that says nothing, says it in a way that nobody can read, or never comes true. */
export class InvalidScheduleError extends DomainError<'SCHEDULE_INVALID'> {
  override readonly name = 'InvalidScheduleError';
}

/**
 * Reads a schedule. What is left out may have any value, but for what is finer than the finest part given, which is at
 * its first value: `{hour: "1", minute: "5"}` is once a day, at 01:05:00 UTC; the day of the week, left out, is any.
 * Throws InvalidScheduleError.
 */
export function parseSchedule(text: ScheduleText): Schedule {
  const given = SCHEDULE_FIELDS.filter((field) => text[field] !== undefined);
  if (given.length === 0) {
    throw refused('a schedule with at least one of second, minute, hour, dayOfMonth, month, dayOfWeek', 'none of them');
  }
  const finest = Math.max(...given.map(rank));
  const values = (field: ScheduleField): readonly number[] => {
    const [least, most] = LIMITS[field];
    const said = text[field];
    if (said !== undefined) return parseField(field, said);
    if (rank(field) > finest && field !== 'dayOfWeek') return [least];
    return upTo(least, most);
  };
  const schedule = Object.fromEntries(SCHEDULE_FIELDS.map((field) => [field, values(field)])) as unknown as Schedule;
  if (nextRun(schedule, Date.UTC(2000, 0, 1)) === undefined) {
    throw refused('a schedule that comes true', 'a day of the month that its months never have');
  }
  return schedule;
}

/**
 * The first time after `after` that the schedule names, in milliseconds since 1970; whole seconds, UTC, so that there is
 * neither a skipped nor a doubled hour. Day of month and day of week must both fit. Undefined where there is none.
 */
export function nextRun(schedule: Schedule, after: number): number | undefined {
  const from = Math.floor(after / 1000) * 1000 + 1000;
  const firstDay = Math.floor(from / DAY_MS) * DAY_MS;
  for (let day = 0; day <= HORIZON_DAYS; day++) {
    const midnight = firstDay + day * DAY_MS;
    if (!fitsDay(schedule, new Date(midnight))) continue;
    const time = timeOfDay(schedule, Math.max(0, from - midnight) / 1000);
    if (time !== undefined) return midnight + time * 1000;
  }
  return undefined;
}

function fitsDay({ month, dayOfMonth, dayOfWeek }: Schedule, day: Date): boolean {
  return (
    month.includes(day.getUTCMonth() + 1) &&
    dayOfMonth.includes(day.getUTCDate()) &&
    dayOfWeek.includes(day.getUTCDay() || 7)
  );
}

/** The first fitting second of a day, at or after one. */
function timeOfDay({ hour, minute, second }: Schedule, from: number): number | undefined {
  for (const h of hour) {
    if (h * 3600 + 3599 < from) continue;
    for (const m of minute) {
      if (h * 3600 + m * 60 + 59 < from) continue;
      const s = second.find((each) => h * 3600 + m * 60 + each >= from);
      if (s !== undefined) return h * 3600 + m * 60 + s;
    }
  }
  return undefined;
}

function parseField(field: ScheduleField, text: string): number[] {
  if (text.length > LONGEST_FIELD) throw refused(`${field} in at most ${LONGEST_FIELD} characters`, `${text.length}`);
  const values = new Set(text.split(',').flatMap((element) => parseElement(field, element.trim())));
  return [...values].sort((a, b) => a - b);
}

function parseElement(field: ScheduleField, element: string): number[] {
  const [least, most] = LIMITS[field];
  const wrong = () =>
    refused(
      `${field} as values of ${least} to ${most}, ranges as [${least}-${most}], or both with commas between`,
      JSON.stringify(element),
    );
  const number = (digits: string): number => {
    const value = Number(digits);
    if (value < least || value > most) throw wrong();
    return value;
  };
  const range = /^\[(\d{1,2})-(\d{1,2})\]$/.exec(element);
  if (range) {
    const [first, last] = [number(range[1]!), number(range[2]!)];
    if (first > last) throw wrong();
    return upTo(first, last);
  }
  const stepped = /^(\d{1,2})\/(\d{1,2})$/.exec(element);
  if (stepped) {
    const [first, step] = [number(stepped[1]!), Number(stepped[2])];
    if (step === 0) throw wrong();
    return upTo(first, most).filter((value) => (value - first) % step === 0);
  }
  if (!/^\d{1,2}$/.test(element)) throw wrong();
  return [number(element)];
}

/** How fine a part is; the two kinds of day are equally fine. */
const rank = (field: ScheduleField): number =>
  ({ month: 0, dayOfMonth: 1, dayOfWeek: 1, hour: 2, minute: 3, second: 4 })[field];

const upTo = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const refused = (expected: string, got: string): InvalidScheduleError =>
  new InvalidScheduleError('SCHEDULE_INVALID', `Expected ${expected}, got ${got}.`);
