import { parseTrust, type Trust } from '../../../src/domain/receipt/trust.js';

/** What the reader believes beforehand, and where it came from. */
export interface TrustSource {
  readonly trust: Trust;
  /** The name of a file; undefined where it came with the page. */
  readonly file?: string;
  readonly logs: readonly TrustedPlace[];
}

/** A log as a person compares it: by its name, its keys and its places. */
export interface TrustedPlace {
  readonly origin: string;
  readonly keys: readonly string[];
  readonly anchors: readonly { readonly chainId: number; readonly contract: string }[];
}

/** Reads a trust file. Throws ReceiptError (TRUST_MALFORMED). */
export function readTrustSource(text: string, file?: string): TrustSource {
  const trust = parseTrust(text);
  // `parseTrust` has looked at every member; what is shown is what the file says, not what was made of it.
  const { logs } = JSON.parse(text) as { logs: (Omit<TrustedPlace, 'anchors'> & Partial<TrustedPlace>)[] };
  const places = logs.map(({ origin, keys, anchors = [] }) => ({ origin, keys, anchors }));
  return { trust, logs: places, ...(file === undefined ? {} : { file }) };
}
