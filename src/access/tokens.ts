import { Inject, Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Config } from '../platform/config/config.js';
import { type Actor, organisationRoles, personRoles } from './actor.js';
import { Endings } from './endings.js';
import { UnauthenticatedError } from './errors.js';
import { RecentlyUsed } from './recently-used.js';
import { SigningKeys } from './signing-keys.js';

export const AUDIENCE = 'halisi';
const LONGEST_TOKEN = 2048;
const CACHED_TOKENS = 20_000;

const claims = z.object({
  sub: z.string().regex(/^(person|client):[1-9]\d{0,9}$/),
  org: z.int().positive(),
  role: z.enum(organisationRoles),
  roles: z.array(z.enum(personRoles)),
  jti: z.string().min(1),
  sid: z.string().optional(),
  iat: z.number(),
  exp: z.number(),
});

export interface AccessToken {
  readonly token: string;
  /** Seconds from now. */
  readonly expiresIn: number;
}

interface Checked {
  readonly actor: Actor;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Access tokens: JWTs signed with ES256 (RFC 7519, RFC 7518 §3.4), a key id in the header, minutes of life.
 * The check of a token is remembered until it expires, because one caller sends the same token thousands of times.
 */
@Injectable()
export class Tokens {
  readonly issuer: string;
  private readonly lifeSeconds: number;
  private readonly checked = new RecentlyUsed<string, Checked>(CACHED_TOKENS);

  constructor(
    @Inject(SigningKeys) private readonly keys: SigningKeys,
    @Inject(Endings) private readonly endings: Endings,
    @Inject(Config) config: Config,
  ) {
    this.issuer = config.http.publicUrl ?? 'halisi';
    this.lifeSeconds = config.tokens.accessSeconds;
  }

  async issue(actor: Omit<Actor, 'tokenId'>): Promise<AccessToken> {
    const { kid, privateKey } = await this.keys.current();
    const { organisationId: org, organisationRole: role, roles, sessionId: sid, subject } = actor;
    // A NumericDate may have a fraction (RFC 7519 §2): what ends a client's tokens is told apart to the millisecond.
    const payload = { iat: Date.now() / 1000, org, role, roles, ...(sid === undefined ? {} : { sid }) };
    const token = jwt.sign(payload, privateKey, {
      algorithm: 'ES256',
      keyid: kid,
      issuer: this.issuer,
      audience: AUDIENCE,
      subject: `${subject.kind}:${subject.id}`,
      jwtid: randomUUID(),
      expiresIn: this.lifeSeconds,
    });
    return { token, expiresIn: this.lifeSeconds };
  }

  /** Who a token speaks for that was checked before and still counts; undefined where `check` has to look. */
  known(token: string, now = Date.now()): Actor | undefined {
    const known = this.checked.get(token);
    if (known === undefined || known.expiresAt <= now || this.endings.isEnded(known.actor, known.issuedAt))
      return undefined;
    return known.actor;
  }

  /** Who the token speaks for. Throws UnauthenticatedError whatever is wrong with it. */
  async check(token: string, now = Date.now()): Promise<Actor> {
    const { actor, issuedAt, expiresAt } = this.checked.get(token) ?? (await this.verify(token));
    if (expiresAt <= now) {
      this.checked.delete(token);
      throw new UnauthenticatedError('expired', 'The access token has expired.');
    }
    if (this.endings.isEnded(actor, issuedAt)) {
      throw new UnauthenticatedError('ended', 'The session of this access token has ended.');
    }
    return actor;
  }

  private async verify(token: string): Promise<Checked> {
    const payload = await this.verifiedPayload(token);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw new UnauthenticatedError('invalid', 'The access token does not have our claims.');
    const { sub, org, role, roles, jti, sid, iat, exp } = parsed.data;
    const [kind, id] = sub.split(':') as ['person' | 'client', string];
    const actor: Actor = Object.freeze({
      organisationId: org,
      organisationRole: role,
      subject: { kind, id: Number(id) },
      roles,
      tokenId: jti,
      ...(sid === undefined ? {} : { sessionId: sid }),
    });
    const checked = { actor, issuedAt: iat * 1000, expiresAt: exp * 1000 };
    this.checked.set(token, checked);
    return checked;
  }

  /** The header is the sender's word: it only picks among our own keys, and never the algorithm. */
  private async verifiedPayload(token: string): Promise<unknown> {
    const header = token.length <= LONGEST_TOKEN ? headerOf(token) : undefined;
    const kid: unknown = header?.kid;
    if (typeof kid !== 'string' || header?.alg !== 'ES256') {
      throw new UnauthenticatedError('invalid', 'The access token is not one of ours.');
    }
    const publicKey = await this.keys.publicKey(kid);
    if (publicKey === undefined) throw new UnauthenticatedError('invalid', 'No key of ours signed this access token.');
    try {
      return jwt.verify(token, publicKey, {
        algorithms: ['ES256'],
        issuer: this.issuer,
        audience: AUDIENCE,
      });
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) {
        throw new UnauthenticatedError('expired', 'The access token has expired.');
      }
      throw new UnauthenticatedError('invalid', 'The access token does not verify.');
    }
  }
}

function headerOf(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}
