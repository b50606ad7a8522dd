import type { Draft, ScanContext } from './result.js';

/**
 * Characters that mean no less on another keyboard: whichever way they are exchanged, they are different characters of values, and
 * none of them becomes a separator. A capital `]E0`, which `]e0` would become, is read as digits, so `]e0` is not among these.
 */
const ELEMENT_STRING = /^(?:\](?:d[12]|C1|Q3|J1))?[\u001d0-9A-Za-z./_-]+$/;
const BRACKETED = /^\([()0-9A-Za-z./_-]+$/;

/**
 * True when the reading of `text` as it is stands as clean whatever its keyboard variants read as. `asIs` are the drafts of
 * `text`. A complete pack with no other identifiers cuts into the same fields on every keyboard, each variant then has one
 * draft, and only its case and its weight tell its score from that of the text as it is. Nothing is taken off the latter for
 * its case, so the variants (-2, -3 and both) leave it 1 / (1 + e^-2 + e^-3 + e^-5) = 0.84 of the belief at least.
 */
export function isCertain(text: string, asIs: readonly Draft[], { lots, letters }: ScanContext): boolean {
  if (asIs.length !== 1 || lots !== undefined || letters !== undefined) return false;
  const { reading, repairs } = asIs[0]!;
  const { gtin, serial, lot, expiry, others } = reading;
  if (gtin === undefined || serial === undefined || lot === undefined || expiry === undefined) return false;
  if (repairs.length > 0 || Object.keys(others).length > 0) return false;
  if (!ELEMENT_STRING.test(text) && !BRACKETED.test(text)) return false;
  return /[A-Z]/.test(serial + lot) || !/[a-z]/.test(serial + lot);
}
