import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Config } from '../platform/config/config.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import type { Actor } from './actor.js';
import { Attempts } from './attempts.js';
import { CredentialsStore, type RefreshState } from './credentials.store.js';
import { CredentialsRefusedError, RefreshRefusedError } from './errors.js';
import { isPassword } from './passwords.js';
import { hashSecret, isSecret, newSecret } from './secrets.js';
import { type AccessToken, Tokens } from './tokens.js';

export interface SignedIn {
  readonly access: AccessToken;
  readonly refreshToken: string;
  readonly actor: Omit<Actor, 'tokenId'>;
}

type Refreshed = { readonly state: RefreshState } | { readonly refused: RefreshRefusedError };

const NOBODYS_SECRET = hashSecret('nobody has this secret');

/** People sign in with a password and stay so by refresh tokens; machine clients show their secret each time. */
@Injectable()
export class SignInService {
  private readonly refreshSeconds: number;

  constructor(
    @Inject(Prisma) private readonly prisma: Prisma,
    @Inject(CredentialsStore) private readonly store: CredentialsStore,
    @Inject(Attempts) private readonly attempts: Attempts,
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(Config) config: Config,
  ) {
    this.refreshSeconds = config.tokens.refreshSeconds;
  }

  /** Throws CredentialsRefusedError, RateLimitedError. */
  async signIn(email: string, password: string, address: string): Promise<SignedIn> {
    const account = email.trim().toLowerCase();
    await this.attempts.count(account, address);
    const person = await this.store.person(account);
    if (!(await isPassword(person?.passwordHash, password)) || person === undefined)
      throw new CredentialsRefusedError();
    await this.attempts.succeeded(account, address);
    const sessionId = randomUUID();
    const refreshToken = newSecret();
    await this.prisma.$transaction((tx) =>
      this.store.startSession(tx, sessionId, person.id, this.refreshSeconds, hashSecret(refreshToken)),
    );
    return this.signedIn({ ...person, personId: person.id, sessionId }, refreshToken);
  }

  /**
   * A new access token and a new refresh token for the one shown, which is then used up. Showing a used one again means
   * that two have it: the session ends for both. Throws RefreshRefusedError.
   */
  async refresh(shown: string): Promise<SignedIn> {
    const next = newSecret();
    const outcome = await this.prisma.$transaction((tx) => this.use(tx, hashSecret(shown), next));
    if ('refused' in outcome) throw outcome.refused;
    return this.signedIn(outcome.state, next);
  }

  /** Ends the session: its refresh token and its access tokens are refused from now on. */
  async signOut(actor: Actor): Promise<boolean> {
    const { sessionId } = actor;
    if (sessionId === undefined) return false;
    return this.prisma.$transaction((tx) => this.store.endSession(tx, sessionId, 'signed_out'));
  }

  /** RFC 6749 §4.4. Throws CredentialsRefusedError, RateLimitedError. */
  async clientToken(clientId: string, secret: string, address: string): Promise<AccessToken> {
    const account = `client:${clientId}`;
    const client = await this.store.client(clientId);
    const matches = isSecret(client?.secretHash ?? NOBODYS_SECRET, secret);
    if (client === undefined || !matches) {
      // Only failures count: a client may ask for tokens as often as it likes, and 2^256 secrets are not searched.
      await this.attempts.count(account, address);
      throw new CredentialsRefusedError();
    }
    return this.tokens.issue({
      organisationId: client.organisationId,
      organisationRole: client.organisationRole,
      subject: { kind: 'client', id: client.id },
      roles: client.roles,
    });
  }

  /** A refusal is returned, not thrown: ending the session must be committed. */
  private async use(tx: PrismaTx, hash: Buffer<ArrayBuffer>, next: string): Promise<Refreshed> {
    const state = await this.store.lockRefresh(tx, hash);
    if (state === undefined || !state.alive || state.disabled) {
      return {
        refused: new RefreshRefusedError('REFRESH_TOKEN_INVALID', 'The refresh token is not, or no longer, valid.'),
      };
    }
    if (state.usedAt !== null) {
      await this.store.endSession(tx, state.sessionId, 'reused');
      return {
        refused: new RefreshRefusedError(
          'REFRESH_TOKEN_REUSED',
          'The refresh token was used before; its session has been ended. Sign in again.',
        ),
      };
    }
    await this.store.rotate(tx, state.sessionId, hash, hashSecret(next));
    return { state };
  }

  private async signedIn(
    who: Pick<RefreshState, 'organisationId' | 'organisationRole' | 'roles' | 'personId' | 'sessionId'>,
    refreshToken: string,
  ): Promise<SignedIn> {
    const actor = {
      organisationId: who.organisationId,
      organisationRole: who.organisationRole,
      subject: { kind: 'person', id: who.personId },
      roles: who.roles,
      sessionId: who.sessionId,
    } as const;
    return { access: await this.tokens.issue(actor), refreshToken, actor };
  }
}
