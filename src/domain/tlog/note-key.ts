import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, fromBase64, toBase64, utf8ToBytes } from '../bytes.js';
import { TlogError } from './errors.js';
import { sha256 } from './hashing.js';

/** Signature types of c2sp.org/signed-note; others plug in through `SignatureAlgorithm`. */
export const ED25519_TYPE = 0x01;

/** A public key under a name. `keyId` is a uint32. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** Checks the signatures of one key. A signature is what follows the key ID; `verify` must not throw. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** Makes the signatures of one key. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  sign(message: Uint8Array): Uint8Array;
}

/** How signatures of one type are checked. `verify` gets the right number of key bytes and may throw. */
export interface SignatureAlgorithm {
  readonly type: number;
  readonly publicKeyLength: number;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Ed25519 after RFC 8032, strictly: encodings that only ZIP 215 allows are refused. */
export const ed25519Algorithm: SignatureAlgorithm = {
  type: ED25519_TYPE,
  publicKeyLength: 32,
  verify: (publicKey, message, signature) => ed25519.verify(signature, message, publicKey, { zip215: false }),
};

const FORBIDDEN_IN_NAME = /[\p{White_Space}\p{Cc}\p{Surrogate}+]/u;

/** True for a name that a signature line can carry: not empty, no white space, no plus. */
export const isKeyName = (name: string): boolean => name !== '' && !FORBIDDEN_IN_NAME.test(name);

/** First four bytes of SHA-256(name || LF || type || public key), as a uint32 (c2sp.org/signed-note). */
function noteKeyId(name: string, type: number, publicKey: Uint8Array): number {
  const digest = sha256(concatBytes(utf8ToBytes(`${name}\n`), Uint8Array.of(type), publicKey));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/** A key with its ID computed. Throws TLOG_KEY_INVALID for a name that a note cannot carry. */
export function verifierKey(name: string, publicKey: Uint8Array, type: number = ED25519_TYPE): VerifierKey {
  if (!isKeyName(name)) throw invalidKey(name, 'the name is empty or holds white space or a plus');
  return { name, keyId: noteKeyId(name, type, publicKey), type, publicKey };
}

/** `name+hex(key ID)+base64(type || public key)`, the vkey form. */
export function formatVerifierKey({ name, keyId, type, publicKey }: VerifierKey): string {
  return `${name}+${formatKeyId(keyId)}+${toBase64(concatBytes(Uint8Array.of(type), publicKey))}`;
}

/** Eight hex digits. */
export const formatKeyId = (keyId: number): string => keyId.toString(16).padStart(8, '0');

/** Reads a vkey; throws TLOG_KEY_INVALID unless it is well formed and its ID is that of its name and key. */
export function parseVerifierKey(vkey: string): VerifierKey {
  const [name, hexId, encoded, ...rest] = splitAtFirstTwo(vkey);
  if (name === undefined || hexId === undefined || encoded === undefined || rest.length > 0) {
    throw invalidKey(vkey, 'expected name+id+key');
  }
  const bytes = keyBytes(vkey, encoded);
  const key = verifierKey(name, bytes.slice(1), bytes[0]);
  if (hexId !== formatKeyId(key.keyId)) {
    throw invalidKey(vkey, `its ID is ${JSON.stringify(hexId)}, expected ${formatKeyId(key.keyId)}`);
  }
  return key;
}

/** Base64 may itself hold a plus, so only the first two separate. */
function splitAtFirstTwo(vkey: string): string[] {
  const [name, hexId, ...encoded] = vkey.split('+');
  return [name, hexId, encoded.length > 0 ? encoded.join('+') : undefined].filter((part) => part !== undefined);
}

function keyBytes(vkey: string, encoded: string): Uint8Array {
  const bytes = strictBase64(encoded);
  if (bytes === undefined || bytes.length < 2) throw invalidKey(vkey, 'the key is not base64 of a type and a key');
  return bytes;
}

/** The bytes of padded RFC 4648 §4 base64 in its one canonical spelling, else undefined. */
export function strictBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = fromBase64(text);
    return toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** A verifier for a vkey. Throws TLOG_KEY_INVALID where no algorithm of the list has its type and key length. */
export function noteVerifier(
  vkey: string | VerifierKey,
  algorithms: readonly SignatureAlgorithm[] = [ed25519Algorithm],
): NoteVerifier {
  const key = typeof vkey === 'string' ? parseVerifierKey(vkey) : vkey;
  const algorithm = algorithms.find(({ type }) => type === key.type);
  if (algorithm === undefined) throw invalidKey(key.name, `signature type ${key.type} is not supported`);
  if (key.publicKey.length !== algorithm.publicKeyLength) {
    throw invalidKey(key.name, `the key has ${key.publicKey.length} bytes, expected ${algorithm.publicKeyLength}`);
  }
  return {
    name: key.name,
    keyId: key.keyId,
    verify(message, signature) {
      try {
        return algorithm.verify(key.publicKey, message, signature);
      } catch {
        return false;
      }
    },
  };
}

/** A signer from a 32-byte Ed25519 seed (RFC 8032 §5.1.5), in plain JavaScript. */
export function ed25519Signer(name: string, seed: Uint8Array): NoteSigner & { readonly key: VerifierKey } {
  const key = verifierKey(name, ed25519.getPublicKey(seed));
  return { name, keyId: key.keyId, key, sign: (message) => ed25519.sign(message, seed) };
}

function invalidKey(subject: string, why: string): TlogError {
  return new TlogError('TLOG_KEY_INVALID', `Not a verifier key (${subject.slice(0, 100)}): ${why}.`);
}

/** A uint32 as four big-endian bytes. */
export function keyIdBytes(keyId: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, keyId);
  return bytes;
}
