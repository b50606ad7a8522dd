// XSD dateTimeStamp, years 1000 to 9999: Date.UTC reads a year below 100 as one of the twentieth century.
const DATE_TIME = /^([1-9]\d{3})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Milliseconds since 1970 of an ISO 8601 date-time with offset, or NaN. Digits after the third decimal round half up, and
 * carry (CBV 2.0 §8.9.4).
 */
export function parseDateTime(text: string): number {
  const match = DATE_TIME.exec(text);
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).toISOString().slice(0, 10) !== text.slice(0, 10)) return NaN;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return NaN;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const offset = sign === undefined ? 0 : Number(offsetHour) * 60 + Number(offsetMinute);
  if (offset > 14 * 60 || Number(offsetMinute) > 59) return NaN;
  return midnight + (seconds - (sign === '-' ? -offset : offset) * 60) * 1000 + milliseconds(fraction);
}

function milliseconds(fraction: string | undefined): number {
  if (fraction === undefined) return 0;
  const thousandths = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return fraction.charCodeAt(3) >= 0x35 ? thousandths + 1 : thousandths;
}
