import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE = 12;
const TAG = 16;

/** A new secret of 32 random bytes, in base64url: a client secret or a refresh token. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of such a secret. A plain hash is enough: nobody searches 2^256. */
export const hashSecret = (secret: string): Buffer<ArrayBuffer> => createHash('sha256').update(secret).digest();

export const isSecret = (hashed: Uint8Array, secret: string): boolean => timingSafeEqual(hashed, hashSecret(secret));

/** AES-256-GCM: nonce, tag, ciphertext. `context` is bound to it: what was sealed for one row does not open in another. */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Buffer<ArrayBuffer> {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** What was sealed, or undefined when the key or the context is another, or a bit has changed. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}
