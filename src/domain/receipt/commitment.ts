import { utf8ToBytes } from '../bytes.js';
import { type MessageWriter, sha256Lanes, type Sha256Lanes } from '../hash/sha256-lanes.js';
import { canonicalJson, canonicalString, type Json } from '../json/jcs.js';
import { ReceiptError } from './errors.js';
import { countDisclosures, eventFields, type FieldPart } from './event-fields.js';

/** One thing that an event says, with the salt that keeps others from guessing it. */
export type Disclosure = readonly [salt: string, name: string, value: Json];

export const SECRET_BYTES = 32;
const SALT_BYTES = 16;

/**
 * The commitment of an event (docs/formats/commitment.md): the RFC 6962 root over its disclosures.
 * `event` is a plain JSON object, an EPCIS 2.0 event with any extensions; `secret` is 32 random bytes of its own.
 * Throws ReceiptError (COMMITMENT_EVENT_INVALID, COMMITMENT_SECRET_INVALID), and NotJsonError for what JSON has not.
 */
export function commitEvent(
  event: object,
  secret: Uint8Array,
  lanes: Sha256Lanes = sha256Lanes(),
): { readonly commitment: Uint8Array } {
  writeLeaves(event, secret, lanes);
  return { commitment: lanes.root() };
}

/** The leaf hashes of an event's disclosures, 32 bytes each, in their order. */
export function disclosureHashes(event: object, secret: Uint8Array, lanes: Sha256Lanes = sha256Lanes()): Uint8Array {
  writeLeaves(event, secret, lanes);
  return lanes.hashes();
}

/** Everything that an event says, in the order of the commitment's leaves. Throws like `commitEvent`. */
export function disclosures(event: object, secret: Uint8Array): Disclosure[] {
  const parts = eventFields(event);
  const salts = saltsOf(secret, countDisclosures(parts), sha256Lanes());
  const all: Disclosure[] = [];
  const add = (name: string, value: unknown): void => {
    all.push([saltText(salts, all.length), name, value as Json]);
  };
  for (const part of parts) {
    if ('members' in part) for (let i = 0; i < part.members.length; i++) add(part.name + String(i), part.members[i]);
    else add(part.name, part.value);
  }
  return all;
}

/** The bytes of a disclosure: the JCS text of `[salt, name, value]` in UTF-8. */
export const disclosureBytes = (disclosure: Disclosure): Uint8Array => utf8ToBytes(canonicalJson(disclosure));

function saltsOf(secret: Uint8Array, count: number, lanes: Sha256Lanes): Uint8Array {
  if (secret.length !== SECRET_BYTES) {
    const came = `A secret of ${SECRET_BYTES} bytes was expected, got ${secret.length}.`;
    throw new ReceiptError('COMMITMENT_SECRET_INVALID', came, { expected: SECRET_BYTES, came: secret.length });
  }
  return lanes.macs(secret, count);
}

function writeLeaves(event: object, secret: Uint8Array, lanes: Sha256Lanes): void {
  const parts = eventFields(event);
  const count = countDisclosures(parts);
  const salts = saltsOf(secret, count, lanes);
  const writer = lanes.write(count);
  let index = 0;
  for (const part of parts) index = writePart(writer, part, salts, index);
}

/** Writes the disclosures of a part from leaf `index` on; the index behind the last. */
function writePart(writer: MessageWriter, part: FieldPart, salts: Uint8Array, index: number): number {
  const name = canonicalString(part.name).slice(0, -1);
  if (!('members' in part)) {
    writeLeaf(writer, salts, index, name, '', part.value);
    return index + 1;
  }
  const { members } = part;
  for (let i = 0; i < members.length; i++) writeLeaf(writer, salts, index + i, name, String(i), members[i]);
  return index + members.length;
}

/** `00 [ " salt " , " name number " , value ]`. `name` is a JSON string that wants its closing quote. */
function writeLeaf(
  writer: MessageWriter,
  salts: Uint8Array,
  index: number,
  name: string,
  number: string,
  value: unknown,
): void {
  writer.room(64);
  const { bytes } = writer;
  let at = writer.at;
  bytes[at++] = 0x00;
  bytes[at++] = OPEN;
  bytes[at++] = QUOTE;
  at = writeSalt(bytes, at, salts, SALT_STRIDE * index);
  bytes[at++] = QUOTE;
  bytes[at++] = COMMA;
  writer.at = at;
  writeText(writer, name);
  writeText(writer, number);
  writeText(writer, '",');
  if (typeof value === 'string') writeString(writer, value);
  else writeText(writer, canonicalJson(value));
  writeText(writer, ']');
  writer.end();
}

const OPEN = 0x5b;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const SALT_STRIDE = 32;

/** Text that is JSON already; ASCII without a detour. */
function writeText(writer: MessageWriter, text: string): void {
  writer.room(text.length);
  const { bytes } = writer;
  const from = writer.at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return writeBytes(writer, utf8ToBytes(text));
    bytes[from + i] = code;
  }
  writer.at = from + text.length;
}

/** A JSON string; one that needs no escaping is copied as it is. */
function writeString(writer: MessageWriter, text: string): void {
  writer.room(text.length + 2);
  const { bytes } = writer;
  const from = writer.at + 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7f || code === QUOTE || code === BACKSLASH) {
      return writeText(writer, canonicalString(text));
    }
    bytes[from + i] = code;
  }
  bytes[from - 1] = QUOTE;
  bytes[from + text.length] = QUOTE;
  writer.at = from + text.length + 1;
}

function writeBytes(writer: MessageWriter, text: Uint8Array): void {
  writer.room(text.length);
  writer.bytes.set(text, writer.at);
  writer.at += text.length;
}

const BASE64_URL = utf8ToBytes('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const SALT_CHARACTERS = 22;

/** The base64url of the 16 bytes at `from`, without padding (RFC 4648 §5), written at `at`; where it ends. */
function writeSalt(bytes: Uint8Array, at: number, salts: Uint8Array, from: number): number {
  for (let i = 0; i < SALT_BYTES - 1; i += 3) {
    const three = (salts[from + i]! << 16) | (salts[from + i + 1]! << 8) | salts[from + i + 2]!;
    bytes[at++] = BASE64_URL[three >> 18]!;
    bytes[at++] = BASE64_URL[(three >> 12) & 63]!;
    bytes[at++] = BASE64_URL[(three >> 6) & 63]!;
    bytes[at++] = BASE64_URL[three & 63]!;
  }
  const last = salts[from + SALT_BYTES - 1]!;
  bytes[at++] = BASE64_URL[last >> 2]!;
  bytes[at++] = BASE64_URL[(last & 3) << 4]!;
  return at;
}

function saltText(salts: Uint8Array, index: number): string {
  const text = new Uint8Array(SALT_CHARACTERS);
  writeSalt(text, 0, salts, SALT_STRIDE * index);
  return String.fromCharCode(...text);
}
