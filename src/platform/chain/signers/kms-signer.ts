import { createPublicKey } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { Signature, Transaction, type TransactionLike, computeAddress, hexlify, recoverAddress } from 'ethers';
import { SignerError, type TransactionSigner } from './signer.js';

/**
 * A secp256k1 key that never leaves a key management service (AWS KMS: `ECC_SECG_P256K1`). Both methods throw where the
 * service refuses or does not answer.
 */
export interface KmsKey {
  /** The public key, DER SubjectPublicKeyInfo. */
  publicKey(): Promise<Uint8Array>;
  /** An ECDSA signature of a 32-byte digest, DER; either of the two possible s. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/** Signs with a KMS key: asks for its address once. Throws SignerError. */
export async function kmsSigner(key: KmsKey): Promise<TransactionSigner> {
  const address = addressOf(await asked('public key', () => key.publicKey()));
  return {
    address,
    async sign(unsigned: TransactionLike): Promise<string> {
      const transaction = Transaction.from(unsigned);
      const digest = transaction.unsignedHash;
      const der = await asked('signature', () => key.sign(Buffer.from(digest.slice(2), 'hex')));
      transaction.signature = signatureOf(der, digest, address);
      return transaction.serialized;
    },
  };
}

/** The Ethereum address of a DER SubjectPublicKeyInfo with a secp256k1 key. Throws SignerError for any other key. */
export function addressOf(spki: Uint8Array): string {
  try {
    const { crv, x, y } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
      format: 'jwk',
    });
    if (crv !== 'secp256k1') throw new Error(`expected curve secp256k1, got ${crv ?? 'none'}`);
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
    return computeAddress(hexlify(point));
  } catch (error) {
    throw new SignerError(
      'SIGNER_UNAVAILABLE',
      `The key service's public key is of no use: ${(error as Error).message}`,
    );
  }
}

/** DER to r, s and v: the lower s (EIP-2), and the recovery bit that leads to the address. Throws SignerError. */
export function signatureOf(der: Uint8Array, digest: string, address: string): Signature {
  try {
    const parsed = secp256k1.Signature.fromBytes(Uint8Array.from(der), 'der');
    const s = parsed.hasHighS() ? secp256k1.Point.Fn.ORDER - parsed.s : parsed.s;
    for (const yParity of [0, 1] as const) {
      const signature = Signature.from({ r: word(parsed.r), s: word(s), yParity });
      if (recoverAddress(digest, signature) === address) return signature;
    }
  } catch (error) {
    throw new SignerError(
      'SIGNER_UNAVAILABLE',
      `The key service's signature is malformed: ${(error as Error).message}`,
    );
  }
  throw new SignerError('SIGNER_UNAVAILABLE', `The key service's signature is not one by ${address}.`);
}

const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;

async function asked(what: string, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await work();
  } catch (error) {
    throw new SignerError('SIGNER_UNAVAILABLE', `The key service gave no ${what}: ${(error as Error).message}`);
  }
}
