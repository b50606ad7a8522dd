import fc from 'fast-check';
import { InvalidScheduleError, nextRun, parseSchedule, type Schedule, type ScheduleText } from './schedule.js';

const at = (iso: string): number => Date.parse(iso);
const next = (text: ScheduleText, after: string): string => {
  const run = nextRun(parseSchedule(text), at(after));
  return run === undefined ? 'never' : new Date(run).toISOString().replace('.000Z', 'Z');
};

describe('the next run of a schedule', () => {
  it.each<[string, ScheduleText, string, string]>([
    ['every morning at 1.05', { hour: '1', minute: '5' }, '2026-03-01T01:05:00Z', '2026-03-02T01:05:00Z'],
    ['the same second does not count', { second: '7' }, '2026-03-01T01:05:07Z', '2026-03-01T01:06:07Z'],
    ['the next second does', { second: '7' }, '2026-03-01T01:05:06.999Z', '2026-03-01T01:05:07Z'],
    ['every half minute', { second: '0/30' }, '2026-03-01T01:05:07Z', '2026-03-01T01:05:30Z'],
    ['every hour', { minute: '0' }, '2026-12-31T23:30:00Z', '2027-01-01T00:00:00Z'],
    ['ranges and lists', { minute: '3,[10-12],50', hour: '[8-9]' }, '2026-03-01T08:12:00Z', '2026-03-01T08:50:00Z'],
    ['Mondays', { dayOfWeek: '1' }, '2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z'],
    ['Sundays', { dayOfWeek: '7', hour: '6' }, '2026-03-01T06:00:00Z', '2026-03-08T06:00:00Z'],
    ['the 31st skips short months', { dayOfMonth: '31' }, '2026-03-31T00:00:00Z', '2026-05-31T00:00:00Z'],
    ['the 30th of every month', { dayOfMonth: '30' }, '2026-01-30T00:00:00Z', '2026-03-30T00:00:00Z'],
    ['leap days', { month: '2', dayOfMonth: '29' }, '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['leap days around 2100', { month: '2', dayOfMonth: '29' }, '2096-02-29T00:00:00Z', '2104-02-29T00:00:00Z'],
    ['both days must fit', { dayOfMonth: '13', dayOfWeek: '5' }, '2026-03-14T00:00:00Z', '2026-11-13T00:00:00Z'],
    ['no hour is skipped in March', { hour: '2', minute: '30' }, '2026-03-29T01:00:00Z', '2026-03-29T02:30:00Z'],
    ['no hour is doubled in October', { hour: '1', minute: '0' }, '2026-10-25T01:00:00Z', '2026-10-26T01:00:00Z'],
    ['the end of the year', { month: '1' }, '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z'],
    ['before 1970', { hour: '0' }, '1969-12-31T23:59:59.5Z', '1970-01-01T00:00:00Z'],
  ])('%s', (_name, text, after, expected) => {
    expect(next(text, after)).toBe(expected);
  });

  it('leaves coarser parts open and puts finer ones at their start', () => {
    expect(parseSchedule({ hour: '3' })).toMatchObject({ minute: [0], second: [0], month: { length: 12 } });
    expect(parseSchedule({ second: '3' })).toMatchObject({ minute: { length: 60 }, hour: { length: 24 } });
    expect(parseSchedule({ dayOfWeek: '3' })).toMatchObject({ dayOfMonth: { length: 31 }, hour: [0] });
  });

  it.each<ScheduleText>([
    {},
    { second: '60' },
    { minute: '-1' },
    { hour: '24' },
    { dayOfMonth: '0' },
    { dayOfMonth: '32' },
    { month: '13' },
    { dayOfWeek: '0' },
    { dayOfWeek: '8' },
    { hour: '' },
    { hour: '1,' },
    { hour: '[5-3]' },
    { hour: '5-6' },
    { hour: '*' },
    { minute: '0/0' },
    { minute: '1.5' },
    { minute: '0x1' },
    { minute: '1,'.repeat(300) + '1' },
    { month: '2', dayOfMonth: '30' },
    { month: '4,6', dayOfMonth: '31' },
  ])('refuses %j', (text) => {
    expect(() => parseSchedule(text)).toThrow(InvalidScheduleError);
  });

  it('is what a clock that looks at every second finds', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: at('1999-12-25'), max: at('2040-03-01') }), (text, after) => {
        const schedule = parseSchedule(text);
        const from = Math.floor(after / 1000) * 1000 + 1000;
        let found: number | undefined;
        for (let time = from; time < from + 100_000_000; time += 1000) {
          if (!fits(schedule, time)) continue;
          found = time;
          break;
        }
        const run = nextRun(schedule, after)!;
        if (found === undefined) expect(run).toBeGreaterThanOrEqual(from + 100_000_000);
        else expect(run).toBe(found);
        expect(fits(schedule, run)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

const part = (least: number, most: number) =>
  fc.option(
    fc
      .array(
        fc.oneof(
          fc.integer({ min: least, max: most }).map(String),
          fc
            .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
            .map(([a, b]) => `[${Math.min(a, b)}-${Math.max(a, b)}]`),
          fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: 40 })).map(([a, s]) => `${a}/${s}`),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((elements) => elements.join(',')),
    { nil: undefined },
  );

/** Months are left out, so that a run is near in most cases. */
const schedules = fc
  .record({
    second: part(0, 59),
    minute: part(0, 59),
    hour: part(0, 23),
    dayOfMonth: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: part(1, 28) }),
    dayOfWeek: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: part(1, 7) }),
  })
  .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as ScheduleText)
  .filter((text) => Object.keys(text).length > 0);

function fits(schedule: Schedule, time: number): boolean {
  const date = new Date(time);
  return (
    schedule.second.includes(date.getUTCSeconds()) &&
    schedule.minute.includes(date.getUTCMinutes()) &&
    schedule.hour.includes(date.getUTCHours()) &&
    schedule.dayOfMonth.includes(date.getUTCDate()) &&
    schedule.month.includes(date.getUTCMonth() + 1) &&
    schedule.dayOfWeek.includes(date.getUTCDay() === 0 ? 7 : date.getUTCDay())
  );
}
