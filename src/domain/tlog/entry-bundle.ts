import { TlogError } from './errors.js';

/** The longest entry that an entry bundle can hold, in bytes. */
export const MAX_ENTRY_SIZE = 0xffff;

/** Entries as c2sp.org/tlog-tiles serves them: each behind its length as a big-endian uint16. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_SIZE) {
      throw new TlogError('TLOG_BUNDLE_INVALID', `An entry has ${entry.length} bytes, at most ${MAX_ENTRY_SIZE} fit.`, {
        length: entry.length,
      });
    }
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle of `width`; a cut entry, another number of entries or bytes left over are refused. */
export function decodeEntryBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length && entries.length < width) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    if (at + 2 + length > bundle.length) throw invalidBundle(`entry ${entries.length} is cut short`, width);
    entries.push(bundle.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length !== width) throw invalidBundle(`it has ${entries.length} entries`, width);
  if (at !== bundle.length) throw invalidBundle(`${bundle.length - at} bytes are left over`, width);
  return entries;
}

function invalidBundle(why: string, width: number): TlogError {
  return new TlogError('TLOG_BUNDLE_INVALID', `Not a bundle of ${width} entries: ${why}.`, { width });
}
