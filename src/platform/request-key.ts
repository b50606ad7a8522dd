import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/json/jcs.js';

/**
 * The identity of a request: the first 16 bytes of SHA-256 of its canonical JSON (RFC 8785), written as a UUID. The same
 * request, sent again, has the same key and is answered from what it stored the first time.
 */
export function requestKey(request: object): string {
  const hex = hash('sha256', canonicalJson(request), 'hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
