import { bytesToHex, hexToBytes, utf8ToBytes } from '../bytes.js';
import { TlogError } from './errors.js';
import { sha256 } from './hashing.js';

const ORIGIN_BYTES = 12;

/**
 * A log's id in the contract CheckpointAnchor, as 0x and 64 hex digits: the address that first anchored it (0x and 40
 * hex digits, any case), then the first 12 bytes of SHA-256 of its origin line. It outlives a change of publisher.
 */
export function chainLogId(firstPublisher: string, origin: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(firstPublisher)) {
    throw new TlogError('TLOG_KEY_INVALID', `Expected an address of 0x and 40 hex digits, got "${firstPublisher}".`);
  }
  const publisher = bytesToHex(hexToBytes(firstPublisher.slice(2)));
  return `0x${publisher}${bytesToHex(sha256(utf8ToBytes(origin)).subarray(0, ORIGIN_BYTES))}`;
}
