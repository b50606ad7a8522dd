import { createPrivateKey, sign } from 'node:crypto';
import { ed25519Signer, formatVerifierKey, type NoteSigner } from '../../domain/tlog/index.js';

/** Signs the log's checkpoints; `vkey` is what a verifier needs (c2sp.org/signed-note). */
export abstract class LogSigner implements NoteSigner {
  abstract readonly name: string;
  abstract readonly keyId: number;
  abstract readonly vkey: string;
  abstract sign(message: Uint8Array): Uint8Array;
}

/** RFC 8410: the DER of an Ed25519 private key before its 32-byte seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signer from a 32-byte Ed25519 seed. The key's name is the log's origin, as c2sp.org/tlog-checkpoint advises. */
export function localLogSigner(origin: string, seed: Uint8Array): LogSigner {
  const { name, keyId, key } = ed25519Signer(origin, seed);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return { name, keyId, vkey: formatVerifierKey(key), sign: (message) => sign(null, message, privateKey) };
}
