import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** A pair of keys for ES256, the public one with its id. */
export interface TestKeys {
  readonly privateKey: KeyObject;
  readonly publicJwk: JsonWebKey & { readonly kid: string };
}

export function testKeys(kid: string): TestKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicJwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

export interface CredentialOptions {
  readonly gln: string;
  readonly issuer?: string;
  readonly type?: string;
  readonly expiresIn?: number;
  /** Binds the credential to a key of its holder. */
  readonly holder?: TestKeys;
}

/** A credential of an authorised trading partner, as its issuer makes it. */
export const credentialOf = (keys: TestKeys, { gln, issuer, type, expiresIn, holder }: CredentialOptions): string =>
  jwt.sign(
    {
      vc: { type: ['VerifiableCredential', type ?? 'DSCSAATPCredential'], credentialSubject: { gln } },
      ...(holder !== undefined && { cnf: { jwk: holder.publicJwk } }),
    },
    keys.privateKey,
    {
      ...{ algorithm: 'ES256', keyid: keys.publicJwk.kid, issuer: issuer ?? 'did:web:issuer.example' },
      expiresIn: expiresIn ?? 3600,
    },
  );

/** The credential, presented by its holder to one system. */
export const presentationOf = (credential: string, holder: TestKeys, audience: string): string =>
  jwt.sign({ vp: { verifiableCredential: [credential] } }, holder.privateKey, {
    ...{ algorithm: 'ES256', audience, expiresIn: 60 },
  });
