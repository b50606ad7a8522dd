import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { Config } from '../../../platform/config/config.js';

const PROOF_SECONDS = 120;

/** By GLN: the credential, and the holder's private key where the credential is bound to one. */
const file = z.record(
  z.string().regex(/^\d{13}$/),
  z.strictObject({ credential: z.string().min(1), key: z.looseObject({ kty: z.literal('EC') }).optional() }),
);

interface OwnCredential {
  readonly credential: string;
  readonly key: KeyObject | undefined;
}

/** The credentials with which organisations of this installation ask other systems. */
@Injectable()
export class OwnCredentials {
  private readonly byGln: ReadonlyMap<string, OwnCredential>;

  constructor({ verification: { credentialsFile } }: Config) {
    const read = credentialsFile === undefined ? {} : file.parse(JSON.parse(readFileSync(credentialsFile, 'utf8')));
    this.byGln = new Map(
      Object.entries(read).map(([gln, { credential, key }]) => [
        gln,
        { credential, key: key && createPrivateKey({ key: key as unknown as JsonWebKey, format: 'jwk' }) },
      ]),
    );
  }

  /** What is shown for a GLN to one system, its base URL the audience; undefined where the GLN has no credential. */
  shownTo(audience: string, gln: string): string | undefined {
    const own = this.byGln.get(gln);
    if (own?.key === undefined) return own?.credential;
    return jwt.sign({ vp: { verifiableCredential: [own.credential] } }, own.key, {
      ...{ algorithm: 'ES256', audience, issuer: `urn:gs1:gln:${gln}`, expiresIn: PROOF_SECONDS },
    });
  }
}
