import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

function refuse(type: string, expected: string, value: unknown): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value;
  throw new GraphQLError(`${type}: expected ${expected}, got ${shown}.`, { extensions: { code: 'BAD_USER_INPUT' } });
}

function textScalar(name: string, expected: string, description: string, accepts: (text: string) => boolean) {
  const parse = (value: unknown): string => {
    if (typeof value === 'string' && accepts(value)) return value;
    return refuse(name, expected, value);
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: (value) => String(value),
    parseValue: parse,
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

function isDay(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || Number(year) < 1900) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

function isTime(text: string): boolean {
  const [, year, month, day, hour, minute, second, , offset] = TIME.exec(text) ?? [];
  if (offset === undefined || !isDay(`${year}-${month}-${day}`)) return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  if (offset === 'Z') return true;
  return Number(offset.slice(1, 3)) <= 14 && Number(offset.slice(4)) <= 59;
}

/** A time with the offset of the place where it happened, kept as it was given (EPCIS 2.0 §7.4.1). */
export const EventTime = textScalar(
  'EventTime',
  'a time as 2026-03-01T09:30:00.000+03:00',
  'A time in ISO 8601 with seconds and an explicit offset (`Z` or `+03:00`), kept as it was given.',
  isTime,
);

/** A day without a time, as an expiry. */
export const CalendarDate = textScalar('Date', 'a day as 2026-03-01', 'A day in ISO 8601: `2026-03-01`.', isDay);

/** A whole number up to 2^53 - 1, as event positions are. */
export const Position = new GraphQLScalarType<number, number>({
  name: 'Position',
  description: 'The place of an event in the log: a whole number from 0 to 2^53 - 1.',
  serialize: (value) => Number(value),
  parseValue: (value) => position(value),
  parseLiteral: (node) => position(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function position(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0
    ? Number(value)
    : refuse('Position', 'a whole number from 0', value);
}
