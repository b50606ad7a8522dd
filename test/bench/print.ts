import { isMet, ratioOf, type Bar, type Result } from './row.js';

const short = (value: number): string =>
  value >= 1000
    ? Math.round(value).toLocaleString('en')
    : value >= 100
      ? value.toFixed(0)
      : value.toPrecision(3).replace(/\.?0+$/, '');

const barText = (bar: Bar): string =>
  `${bar.sense} ${short(bar.bar)} ${bar.what}: ${isMet(bar) ? 'met' : 'MISSED'}, ${short(bar.got)}`;

/** One result as lines of text. */
export function linesOf(result: Result): string[] {
  const { row, work, value, unit, p50, p99, ceiling, bars } = result;
  const times = p50 === undefined || p99 === undefined ? '' : `   p50 ${short(p50)} ms   p99 ${short(p99)} ms`;
  const lines = [`${row.padEnd(11)} ${work}`, `            ${short(value)} ${unit}${times}`];
  if (ceiling) {
    const share = `${((ratioOf(result) ?? 0) * 100).toFixed(0)} % of the ceiling`;
    lines.push(`            ${share}, ${short(ceiling.value)} ${unit}: ${ceiling.what}`);
  }
  return [...lines, ...bars.map((bar) => `            ${barText(bar)}`)];
}
