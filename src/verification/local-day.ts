/** Minutes east of Greenwich in the offset of an ISO 8601 time; 0 for `Z` and for none. */
export function offsetMinutes(time: string | undefined): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time ?? '') ?? [];
  const total = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -total : total;
}

/** The day on the wall, `YYYY-MM-DD`, at `now` (milliseconds since 1970) where the clock shows the offset of `time`. */
export const localDay = (now: number, time: string | undefined): string =>
  new Date(now + offsetMinutes(time) * 60_000).toISOString().slice(0, 10);
