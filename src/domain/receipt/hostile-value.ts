import { bytesToHex, fromBase64, toBase64 } from '../bytes.js';
import { ReceiptError, type ReceiptErrorCode } from './errors.js';

/**
 * A value from outside, with the place where it stands. Every reading checks, and refuses with the reader's code:
 * nothing that an attacker writes ends in a TypeError.
 */
export class HostileValue {
  constructor(
    private readonly value: unknown,
    private readonly code: ReceiptErrorCode,
    private readonly path = '',
  ) {}

  /** The member `name`; a missing one reads as undefined. */
  member(name: string): HostileValue {
    const members = this.members();
    return new HostileValue(
      Object.hasOwn(members, name) ? members[name] : undefined,
      this.code,
      `${this.path}/${name}`,
    );
  }

  /** Refuses members other than these. */
  only(...names: string[]): void {
    const strange = Object.keys(this.members()).find((name) => !names.includes(name));
    if (strange !== undefined) this.refuse(`no member ${JSON.stringify(strange.slice(0, 40))}`);
  }

  isMissing(): boolean {
    return this.value === undefined;
  }

  list(most: number): HostileValue[] {
    if (!Array.isArray(this.value)) return this.refuse('a list');
    if (this.value.length > most) return this.refuse(`at most ${most} members`);
    return this.value.map((value: unknown, i) => new HostileValue(value, this.code, `${this.path}/${i}`));
  }

  text(pattern = /^[^]*$/, what = 'a string'): string {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) return this.refuse(what);
    return this.value;
  }

  /** A safe integer from 0 on. */
  count(): number {
    if (!Number.isSafeInteger(this.value) || (this.value as number) < 0) return this.refuse('an integer from 0 on');
    return this.value as number;
  }

  /** 32 bytes in the one base64 spelling of RFC 4648 §4. */
  hash(): Uint8Array {
    const text = this.text(/^[A-Za-z0-9+/]{43}=$/, 'the base64 of 32 bytes');
    const bytes = decoded(text);
    return bytes === undefined || toBase64(bytes) !== text ? this.refuse('the base64 of 32 bytes') : bytes;
  }

  /** Bytes in the one base64 spelling of RFC 4648 §4. */
  base64(most: number): Uint8Array {
    const what = `the base64 of at most ${most} bytes`;
    const text = this.text(/^[A-Za-z0-9+/]*={0,2}$/, what);
    const bytes = text.length > 4 * Math.ceil(most / 3) ? undefined : decoded(text);
    return bytes === undefined || bytes.length > most || toBase64(bytes) !== text ? this.refuse(what) : bytes;
  }

  /** `0x` and lower-case hex digits, two for each byte. */
  hex(bytes: number): string {
    return this.text(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`), `0x and ${2 * bytes} lower-case hex digits`);
  }

  /** As `hex`, in any case; the answer is in lower case. */
  anyHex(bytes: number): string {
    return this.text(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `0x and ${2 * bytes} hex digits`).toLowerCase();
  }

  /** Whatever it is. */
  raw(): unknown {
    return this.value;
  }

  refuse(expected: string): never {
    const place = this.path === '' ? 'the top' : this.path;
    throw new ReceiptError(this.code, `Expected ${expected} at ${place}.`, { path: this.path, expected });
  }

  private members(): Readonly<Record<string, unknown>> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value))
      return this.refuse('an object');
    return this.value as Readonly<Record<string, unknown>>;
  }
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}

/** `0x` and the hex digits of bytes. */
export const toHex = (bytes: Uint8Array): string => `0x${bytesToHex(bytes)}`;
