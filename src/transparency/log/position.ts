/** An event's global reference: log number · 2^40 + index in that log (docs/decisions/0002-position.md). */
const LOG_WIDTH = 2 ** 40;

/** The first position of a log. */
export const basePosition = (log: number): number => log * LOG_WIDTH;

/** Log number and index of a position. */
export function placeOf(position: number): { readonly log: number; readonly index: number } {
  return { log: Math.floor(position / LOG_WIDTH), index: position % LOG_WIDTH };
}
