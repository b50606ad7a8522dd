import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { Config } from '../../../platform/config/config.js';
import { BadRequestError } from '../../../platform/http/problem.js';
import { isOnCurve, keyNamed, keyObject, keysIn, type PublicJwk } from '../json-web.js';

/** The header in which a requester shows that it is an authorised trading partner. */
export const CREDENTIAL_HEADER = 'atpauthorization';
const LONGEST = 8192;
const TOLERANCE_SECONDS = 60;
/** How long ago a holder may have signed what it shows. */
const OLDEST_PROOF_SECONDS = 300;

const issuersFile = z.strictObject({
  issuers: z.array(z.strictObject({ issuer: z.string().min(1), jwks: z.unknown() })),
});

/** A verifiable credential as a JWT (W3C VC Data Model 1.1, §6.3.1) about an authorised trading partner. */
const credential = z.looseObject({
  iss: z.string(),
  exp: z.number(),
  cnf: z.looseObject({ jwk: z.unknown() }).optional(),
  vc: z.looseObject({
    type: z.array(z.string()),
    credentialSubject: z.looseObject({ gln: z.union([z.string(), z.array(z.string())]) }),
  }),
});
const presentation = z.looseObject({ vp: z.looseObject({ verifiableCredential: z.tuple([z.string()]) }) });

const CREDENTIAL_TYPE = /^(DSCSA)?ATPCredential$/;

/** Somebody whom an issuer that we believe calls an authorised trading partner. */
export interface TradingPartner {
  readonly issuer: string;
  readonly glns: readonly string[];
}

/** Checks the credentials of trading partners that are on no list of ours, against the issuers that the operator named. */
@Injectable()
export class TradingPartners {
  private readonly issuers: ReadonlyMap<string, readonly PublicJwk[]>;
  /** Whom presentations must be made for: never what a request says of itself, or one made for another would do. */
  private readonly audience: string | undefined;

  constructor({ verification, http }: Config) {
    this.audience = http.publicUrl;
    this.issuers = verification.issuersFile === undefined ? new Map() : readIssuers(verification.issuersFile);
  }

  /**
   * Who shows `header`: a credential, or a presentation of one that its holder signed for this server alone (PUBLIC_URL is
   * the audience). A credential that is bound to a key of its holder (`cnf`) counts only in a presentation. Throws
   * BadRequestError (403): CREDENTIAL_INVALID, CREDENTIAL_EXPIRED, CREDENTIAL_ISSUER_UNKNOWN, CREDENTIAL_NOT_PRESENTED.
   */
  check(header: string): TradingPartner {
    const token = header.replace(/^bearer\s+/i, '').trim();
    if (token.length > LONGEST) throw refused('CREDENTIAL_INVALID', 'The credential is too long.');
    const presented = presentation.safeParse(payloadOf(token));
    if (!presented.success) return this.partner(token, undefined);
    return this.partner(presented.data.vp.verifiableCredential[0], token);
  }

  private partner(token: string, proof: string | undefined): TradingPartner {
    const claimed = credential.safeParse(payloadOf(token));
    if (!claimed.success) throw refused('CREDENTIAL_INVALID', 'This is no credential of a trading partner.');
    const { iss, cnf, vc } = claimed.data;
    const key = keyNamed(this.issuers.get(iss) ?? [], jwt.decode(token, { complete: true })?.header.kid);
    if (key === undefined) throw refused('CREDENTIAL_ISSUER_UNKNOWN', 'No issuer that is believed here has signed it.');
    verify(token, key, { issuer: iss });
    if (!vc.type.some((type) => CREDENTIAL_TYPE.test(type))) {
      throw refused('CREDENTIAL_INVALID', 'The credential is not one of an authorised trading partner.');
    }
    if (cnf !== undefined) {
      const [holder] = keysIn({ keys: [cnf.jwk] }) ?? [];
      const { audience } = this;
      if (proof === undefined || audience === undefined || holder === undefined || !isOnCurve(holder)) {
        throw refused(
          'CREDENTIAL_NOT_PRESENTED',
          'The credential is bound to a key: present it, signed with that key.',
        );
      }
      verify(proof, holder, { audience, maxAge: OLDEST_PROOF_SECONDS });
    }
    const { gln } = vc.credentialSubject;
    return { issuer: iss, glns: typeof gln === 'string' ? [gln] : gln };
  }
}

function readIssuers(path: string): Map<string, readonly PublicJwk[]> {
  const { issuers } = issuersFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  return new Map(
    issuers.map(({ issuer, jwks }) => {
      const keys = keysIn(jwks) ?? [];
      if (keys.length === 0 || !keys.every(isOnCurve))
        throw new Error(`${path}: ${issuer} has no ES256 key in its jwks.`);
      return [issuer, keys];
    }),
  );
}

/** The payload as the sender wrote it: nothing in it is believed before a signature is checked. */
function payloadOf(token: string): unknown {
  try {
    return jwt.decode(token, { json: true });
  } catch {
    return undefined;
  }
}

function verify(token: string, key: PublicJwk, options: jwt.VerifyOptions): void {
  try {
    jwt.verify(token, keyObject(key), { ...options, algorithms: ['ES256'], clockTolerance: TOLERANCE_SECONDS });
  } catch (error) {
    const isLate = error instanceof jwt.TokenExpiredError;
    throw refused(
      isLate ? 'CREDENTIAL_EXPIRED' : 'CREDENTIAL_INVALID',
      `The credential does not count: ${messageOf(error)}.`,
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refused = (code: string, message: string): BadRequestError => new BadRequestError(code, message, 403);
