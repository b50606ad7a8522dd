import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { KmsKey } from '../../src/platform/chain/signers/kms-signer.js';

/** A key service for tests that really signs: either s, as AWS KMS does, and failures when told. */
export class FakeKms implements KmsKey {
  /** Signatures given with the higher s. */
  highS = 0;
  /** The next so many calls fail. */
  failing = 0;
  private readonly key: KeyObject;

  constructor() {
    this.key = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  }

  /** 0x and 64 hex digits. */
  get privateKey(): string {
    const { d } = this.key.export({ format: 'jwk' });
    return `0x${Buffer.from(d!, 'base64url').toString('hex').padStart(64, '0')}`;
  }

  publicKey(): Promise<Uint8Array> {
    this.failWhenTold();
    return Promise.resolve(createPublicKey(this.key).export({ format: 'der', type: 'spki' }));
  }

  /** ECDSA over the digest itself, which node:crypto does not offer, with a random s. */
  sign(digest: Uint8Array): Promise<Uint8Array> {
    this.failWhenTold();
    const secret = Buffer.from(this.privateKey.slice(2), 'hex');
    const options = { prehash: false, lowS: false, extraEntropy: true, format: 'der' } as const;
    const der = secp256k1.sign(Uint8Array.from(digest), Uint8Array.from(secret), options);
    if (secp256k1.Signature.fromBytes(der, 'der').hasHighS()) this.highS += 1;
    return Promise.resolve(der);
  }

  /** The public key of another curve, DER SubjectPublicKeyInfo. */
  static otherCurve(): Uint8Array {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return publicKey.export({ format: 'der', type: 'spki' });
  }

  private failWhenTold(): void {
    if (this.failing === 0) return;
    this.failing -= 1;
    throw new Error('ThrottlingException: Rate exceeded');
  }
}
