import { CborError, CborTag, type CborValue, decodeCbor, encodeCbor } from '../cbor/index.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, assertHash, leafHash } from './hashing.js';
import { type NoteSigner, ed25519Algorithm, keyIdBytes } from './note-key.js';
import { rootFromInclusion } from './proof.js';

/** An inclusion proof (RFC 6962 §2.1.1) in a tree of `size` leaves. */
export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * What a COSE receipt says. Once it is checked the entry is in the tree of `root`, which the log signed. Size and index
 * are signed by nobody: another size can lead to the same root, so they say where to look and no more. `keyId` is that
 * of the note key, if it names one.
 */
export interface CoseReceipt extends InclusionProof {
  readonly root: Uint8Array;
  readonly keyId: Uint8Array | undefined;
}

/** RFC 9052 and the registries of RFC 9942. */
const COSE_SIGN1_TAG = 18;
const ALG = 1;
const KID = 4;
const VDS = 395;
const VDP = 396;
const INCLUSION = -1;
const RFC9162_SHA256 = 1;
/** EdDSA, and its name since RFC 9864. With the 32-byte keys of a log both are Ed25519. */
const EDDSA = -8;
const ED25519 = -19;
const MOST_BYTES = 64 * 1024;

/**
 * A receipt of inclusion of RFC 9942 (COSE Receipts): a tagged COSE_Sign1 whose payload, the root, is detached. It holds
 * a signature of its own, so that only who can sign for the log can make one; `signer` signs with plain Ed25519. What is
 * signed begins with a byte that no note does, so the key can serve both.
 */
export function coseReceipt({ index, size, hashes }: InclusionProof, root: Uint8Array, signer: NoteSigner): Uint8Array {
  assertHash(root, 'root');
  const header = encodeCbor(
    new Map<CborValue, CborValue>([
      [ALG, EDDSA],
      [KID, keyIdBytes(signer.keyId)],
      [VDS, RFC9162_SHA256],
    ]),
  );
  const proof = encodeCbor([size, index, [...hashes]]);
  const unprotected = new Map<CborValue, CborValue>([[VDP, new Map<CborValue, CborValue>([[INCLUSION, [proof]]])]]);
  const signature = signer.sign(signedBytes(header, root));
  return encodeCbor(new CborTag(COSE_SIGN1_TAG, [header, unprotected, null, signature]));
}

/** Sig_structure of RFC 9052 §4.4, without external data. */
const signedBytes = (header: Uint8Array, payload: Uint8Array): Uint8Array =>
  encodeCbor(['Signature1', header, new Uint8Array(0), payload]);

/**
 * Checks that a COSE receipt proves `entry` to be in the log of the Ed25519 key. Throws TlogError: TLOG_COSE_MALFORMED,
 * what a wrong inclusion proof throws, or TLOG_SIGNATURE_INVALID, also where the proof leads to another root. Only
 * deterministic CBOR is read.
 */
export function checkCoseReceipt(bytes: Uint8Array, entry: Uint8Array, publicKey: Uint8Array): CoseReceipt {
  const { header, proof, keyId, signature } = readCoseReceipt(bytes);
  const root = rootFromInclusion({ ...proof, proof: proof.hashes, leafHash: leafHash(entry) });
  if (!isSigned(publicKey, signedBytes(header, root), signature)) {
    throw new TlogError(
      'TLOG_SIGNATURE_INVALID',
      'The signature is not of the root that the entry and the proof lead to.',
    );
  }
  return { ...proof, root, keyId };
}

function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519Algorithm.verify(publicKey, message, signature);
  } catch {
    return false;
  }
}

interface ReadReceipt {
  readonly header: Uint8Array;
  readonly keyId: Uint8Array | undefined;
  readonly proof: InclusionProof;
  readonly signature: Uint8Array;
}

function readCoseReceipt(bytes: Uint8Array): ReadReceipt {
  if (bytes.length > MOST_BYTES) throw malformed(`it has ${bytes.length} bytes, at most ${MOST_BYTES}`);
  const tagged = decoded(bytes);
  const message = tagged instanceof CborTag && tagged.tag === COSE_SIGN1_TAG ? tagged.value : undefined;
  const [header, unprotected, payload, signature, ...rest] = isList(message) ? message : [];
  if (!isBytes(header) || !isMap(unprotected) || !isBytes(signature) || rest.length > 0) {
    throw malformed('it is not a tagged COSE_Sign1');
  }
  if (payload !== null) throw malformed('its payload is not detached');
  return { header, keyId: keyIdOf(header), proof: proofOf(unprotected), signature };
}

/** Checks the protected header and gives its key ID. */
function keyIdOf(header: Uint8Array): Uint8Array | undefined {
  const members = decoded(header);
  if (!isMap(members)) throw malformed('its protected header is not a map');
  const algorithm = members.get(ALG);
  if (algorithm !== EDDSA && algorithm !== ED25519) throw malformed('its algorithm is not Ed25519');
  if (members.get(VDS) !== RFC9162_SHA256) throw malformed('its verifiable data structure is not RFC9162_SHA256');
  const unknown = [...members.keys()].filter((label) => label !== ALG && label !== VDS && label !== KID);
  if (unknown.length > 0) throw malformed('its protected header holds a label that is not known');
  const keyId = members.get(KID);
  if (keyId !== undefined && !isBytes(keyId)) throw malformed('its key ID is not bytes');
  return keyId;
}

function proofOf(unprotected: ReadonlyMap<CborValue, CborValue>): InclusionProof {
  const proofs = unprotected.get(VDP);
  const inclusion = isMap(proofs) ? proofs.get(INCLUSION) : undefined;
  const [encoded, ...more] = isList(inclusion) ? inclusion : [];
  if (!isBytes(encoded) || more.length > 0) throw malformed('it does not hold one inclusion proof');
  const proof = decoded(encoded);
  const [size, index, hashes, ...rest] = isList(proof) ? proof : [];
  if (
    typeof size !== 'number' ||
    typeof index !== 'number' ||
    !isList(hashes) ||
    rest.length > 0 ||
    !hashes.every(isHash)
  ) {
    throw malformed('its inclusion proof is not [tree-size, leaf-index, [hashes]]');
  }
  return { size, index, hashes };
}

function decoded(bytes: Uint8Array): CborValue {
  try {
    return decodeCbor(bytes, { depth: 8 });
  } catch (error) {
    if (error instanceof CborError) throw malformed(error.message);
    throw error;
  }
}

const isBytes = (value: CborValue | undefined): value is Uint8Array => value instanceof Uint8Array;
const isHash = (value: CborValue): value is Uint8Array => isBytes(value) && value.length === HASH_SIZE;
const isList = (value: CborValue | undefined): value is readonly CborValue[] => Array.isArray(value);
const isMap = (value: CborValue | undefined): value is ReadonlyMap<CborValue, CborValue> => value instanceof Map;

function malformed(why: string): TlogError {
  return new TlogError('TLOG_COSE_MALFORMED', `Not a COSE receipt that can be checked: ${why}.`);
}
