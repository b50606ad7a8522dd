import { bytesToHex } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';
import { ReceiptError } from '../errors.js';

/** A CBOR value from outside, with the place where it stands. Every reading checks and refuses. */
export class HostileCbor {
  constructor(
    readonly value: CborValue,
    private readonly path: string,
  ) {}

  /** The members of a list of one of these lengths. */
  list(...lengths: number[]): HostileCbor[] {
    if (!Array.isArray(this.value)) return this.refuse('a list');
    const { length } = this.value;
    if (lengths.length > 0 && !lengths.includes(length)) return this.refuse(`a list of ${lengths.join(' or ')}`);
    return (this.value as readonly CborValue[]).map((value, i) => new HostileCbor(value, `${this.path}/${i}`));
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.refuse('a text');
  }

  count(): number {
    return typeof this.value === 'number' && this.value >= 0 ? this.value : this.refuse('an integer from 0 on');
  }

  bytes(length?: number): Uint8Array {
    if (!(this.value instanceof Uint8Array)) return this.refuse('bytes');
    if (length !== undefined && this.value.length !== length) return this.refuse(`${length} bytes`);
    return this.value;
  }

  /** `0x` and hex digits. */
  hex(length: number): string {
    return `0x${bytesToHex(this.bytes(length))}`;
  }

  /** Hashes of 32 bytes, one behind the other. */
  hashes(): Uint8Array[] {
    const all = this.bytes();
    if (all.length % 32 !== 0) return this.refuse('hashes of 32 bytes');
    return Array.from({ length: all.length / 32 }, (_, i) => all.slice(32 * i, 32 * i + 32));
  }

  refuse(expected: string): never {
    const message = `Expected ${expected} at ${this.path}.`;
    throw new ReceiptError('RECEIPT_MALFORMED', message, { path: this.path, expected });
  }
}
