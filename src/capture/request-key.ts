import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/json/jcs.js';

/** Who asks for what, where and when: everything that makes a request the same request. */
export interface RequestContent {
  readonly organisation: number;
  readonly site: number;
  readonly eventTime: string;
  /** What the client asked, before the server added anything (a minted SSCC is not part of it). */
  readonly content: unknown;
  readonly step: string;
}

/**
 * The identity of a request: the first 16 bytes of SHA-256 of its canonical JSON (RFC 8785), written as a UUID. The same
 * request, sent again, has the same key and is answered from what it stored the first time.
 */
export function requestKey(request: RequestContent): string {
  const hex = hash('sha256', canonicalJson(request), 'hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
