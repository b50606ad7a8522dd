import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** A public key of curve P-256 with its id: all that ES256 needs (RFC 7517, RFC 7518 §6.2). */
const jwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(1).max(200).optional(),
});
export type PublicJwk = z.output<typeof jwk>;

/** Keys of other kinds in a set are of no use here, and no reason to refuse it. */
const keySet = z.object({ keys: z.array(z.unknown()).max(100) });

/** The ES256 keys of a JWK set; undefined where it is none. */
export function keysIn(value: unknown): readonly PublicJwk[] | undefined {
  const set = keySet.safeParse(value);
  if (!set.success) return undefined;
  return set.data.keys.flatMap((each) => {
    const parsed = jwk.safeParse(each);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The key that a token names, or the only one where it names none; undefined where there is no such key. */
export const keyNamed = (keys: readonly PublicJwk[], kid: unknown): PublicJwk | undefined =>
  kid === undefined && keys.length === 1 ? keys[0] : keys.find((key) => key.kid !== undefined && key.kid === kid);

/** Throws where x and y are no point of the curve: see `isOnCurve`. */
export const keyObject = (key: PublicJwk): KeyObject =>
  createPublicKey({ key: key as unknown as JsonWebKey, format: 'jwk' });

/** True where x and y are a point of the curve. */
export function isOnCurve(key: PublicJwk): boolean {
  try {
    return keyObject(key).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}
