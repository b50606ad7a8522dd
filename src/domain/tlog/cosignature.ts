import { ed25519 } from '@noble/curves/ed25519.js';
import { ml_dsa44 as mlDsa44 } from '@noble/post-quantum/ml-dsa.js';
import { concatBytes, utf8ToBytes } from '../bytes.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { TlogError } from './errors.js';
import {
  ED25519_TYPE,
  type NoteSigner,
  type NoteVerifier,
  type VerifierKey,
  ed25519Algorithm,
  noteVerifier,
  parseVerifierKey,
  verifierKey,
} from './note-key.js';
import type { NoteSignature } from './signed-note.js';

/** Signature types of c2sp.org/tlog-cosignature. */
export const COSIGNATURE_ED25519 = 0x04;
export const COSIGNATURE_ML_DSA_44 = 0x06;

/** A verifier that knows its whole key, so that two vkeys of one public key can be told. */
export interface KeyedVerifier extends NoteVerifier {
  readonly key: VerifierKey;
}

/** A signer that knows its public key. */
export interface KeyedSigner extends NoteSigner {
  readonly key: VerifierKey;
}

/** POSIX seconds. */
export type Clock = () => number;

interface CosignatureType {
  readonly keyLength: number;
  readonly signatureLength: number;
  /** The bytes that are signed. Throws TlogError for a note text that this type cannot vouch for. */
  message(name: string, time: bigint, text: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

const TIME_LENGTH = 8;
const LAST_TIME = 2n ** 63n - 1n;
const SEED_LENGTH = 32;
const LONGEST_NAME = 255;
const SUBTREE_LABEL = utf8ToBytes('subtree/v1\n\0');

const ed25519Cosignature: CosignatureType = {
  keyLength: 32,
  signatureLength: 64,
  message: (_name, time, text) => concatBytes(utf8ToBytes(`cosignature/v1\ntime ${time}\n`), text),
  verify: ed25519Algorithm.verify,
};

const mlDsaCosignature: CosignatureType = {
  keyLength: 1312,
  signatureLength: 2420,
  message: cosignedMessage,
  verify: (publicKey, message, signature) => mlDsa44.verify(signature, message, publicKey),
};

const TYPES: ReadonlyMap<number, CosignatureType> = new Map([
  [COSIGNATURE_ED25519, ed25519Cosignature],
  [COSIGNATURE_ML_DSA_44, mlDsaCosignature],
]);

/** `cosigned_message` of c2sp.org/tlog-cosignature, of a whole tree: start is 0, end its size. */
function cosignedMessage(name: string, time: bigint, text: Uint8Array): Uint8Array {
  const { origin, size, root } = coveredCheckpoint(text);
  return concatBytes(
    SUBTREE_LABEL,
    vector(utf8ToBytes(name)),
    u64(time),
    vector(origin),
    u64(0n),
    u64(BigInt(size)),
    root,
  );
}

/** `opaque x<1..2^8-1>` of RFC 8446 §3.4. */
function vector(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0 || bytes.length > LONGEST_NAME) {
    throw refused(`a name or an origin has ${bytes.length} bytes, 1 to ${LONGEST_NAME} fit`);
  }
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** The checkpoint of a note text. Extension lines are refused: the signature would not cover them. */
function coveredCheckpoint(text: Uint8Array): Omit<Checkpoint, 'origin'> & { origin: Uint8Array } {
  // A character a byte: of the lines that are read, only the origin may be more than ASCII, and its bytes are kept.
  const checkpoint = parseCheckpoint(Array.from(text, (byte) => String.fromCharCode(byte)).join(''));
  if ((checkpoint.extensions ?? []).length > 0) {
    throw refused('the checkpoint has extension lines, which an ML-DSA-44 cosignature does not cover');
  }
  return { size: checkpoint.size, root: checkpoint.root, origin: text.subarray(0, checkpoint.origin.length) };
}

/**
 * Checks the cosignatures of one key over checkpoints, and the log's own signatures where it signs with ML-DSA-44. With
 * `latest`, signatures of a later time are refused. Throws TLOG_KEY_INVALID for a vkey of another type or length.
 */
export function cosignatureVerifier(vkey: string | VerifierKey, latest?: Clock): KeyedVerifier {
  const key = typeof vkey === 'string' ? parseVerifierKey(vkey) : vkey;
  const type = typeOf(key);
  if (key.publicKey.length !== type.keyLength) {
    throw invalidKey(key, `the key has ${key.publicKey.length} bytes, expected ${type.keyLength}`);
  }
  return {
    name: key.name,
    keyId: key.keyId,
    key,
    verify(text, signature) {
      try {
        return verifyCosignature(key, type, text, signature, latest);
      } catch {
        return false;
      }
    },
  };
}

function verifyCosignature(
  { name, publicKey }: VerifierKey,
  type: CosignatureType,
  text: Uint8Array,
  signature: Uint8Array,
  latest: Clock | undefined,
): boolean {
  if (signature.length !== TIME_LENGTH + type.signatureLength) return false;
  const time = timeOf(signature);
  if (time > LAST_TIME || (latest !== undefined && Number(time) > latest())) return false;
  return type.verify(publicKey, type.message(name, time, text), signature.subarray(TIME_LENGTH));
}

const timeOf = (signature: Uint8Array): bigint => new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);

/** When a cosignature says that it was made, in POSIX seconds; to be believed once it is verified. */
export function cosignatureTime({ name, signature }: NoteSignature): number {
  if (signature.length >= TIME_LENGTH) return Number(timeOf(signature));
  throw new TlogError('TLOG_SIGNATURE_INVALID', `The signature by ${name} is too short to hold a time.`, { name });
}

/** A verifier for a vkey of any type that this module knows: 0x01, 0x04 or 0x06. */
export function noteVerifierOf(vkey: string | VerifierKey, latest?: Clock): KeyedVerifier {
  const key = typeof vkey === 'string' ? parseVerifierKey(vkey) : vkey;
  return key.type === ED25519_TYPE ? { ...noteVerifier(key), key } : cosignatureVerifier(key, latest);
}

/** Cosigns with Ed25519 (cosignature/v1), from a 32-byte seed. `now` is asked once a signature. */
export function ed25519Cosigner(name: string, seed: Uint8Array, now: Clock): KeyedSigner {
  const key = verifierKey(name, ed25519.getPublicKey(seed), COSIGNATURE_ED25519);
  return cosigner(key, now, (message) => ed25519.sign(message, seed));
}

/**
 * Cosigns with ML-DSA-44 (FIPS 204), from a 32-byte seed. Under the log's origin as its name, it is the log's own
 * signer; `now` may then be 0. It throws TLOG_COSIGNATURE_REFUSED for a checkpoint with extension lines.
 */
export function mlDsaCosigner(name: string, seed: Uint8Array, now: Clock): KeyedSigner {
  vector(utf8ToBytes(name));
  if (seed.length !== SEED_LENGTH) throw refused(`the seed has ${seed.length} bytes, expected ${SEED_LENGTH}`);
  const { publicKey, secretKey } = mlDsa44.keygen(seed);
  const key = verifierKey(name, publicKey, COSIGNATURE_ML_DSA_44);
  return cosigner(key, now, (message) => mlDsa44.sign(message, secretKey));
}

/** A cosigner over anything that signs for `key`, such as a hardware key. `sign` gets the message of the key's type. */
export function cosigner(key: VerifierKey, now: Clock, sign: (message: Uint8Array) => Uint8Array): KeyedSigner {
  const type = typeOf(key);
  return {
    name: key.name,
    keyId: key.keyId,
    key,
    sign(text) {
      const time = BigInt(Math.floor(now()));
      if (time < 0n || time > LAST_TIME) throw refused(`the clock says ${time}`);
      return concatBytes(u64(time), sign(type.message(key.name, time, text)));
    },
  };
}

function typeOf(key: VerifierKey): CosignatureType {
  const type = TYPES.get(key.type);
  if (type === undefined) throw invalidKey(key, `signature type ${key.type} is not one of cosignatures`);
  return type;
}

function invalidKey({ name }: VerifierKey, why: string): TlogError {
  return new TlogError('TLOG_KEY_INVALID', `Not a key for cosignatures (${name.slice(0, 100)}): ${why}.`);
}

function refused(why: string): TlogError {
  return new TlogError('TLOG_COSIGNATURE_REFUSED', `No cosignature can be made: ${why}.`);
}
