import { Inject, Injectable } from '@nestjs/common';
import type { Prisma as Generated } from '../generated/prisma/client.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import type { OrganisationRole, PersonRole } from './actor.js';

/** Who signs in, as both kinds of credentials say. */
interface Identity {
  readonly id: number;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly roles: readonly PersonRole[];
}

export interface PersonCredentials extends Identity {
  readonly passwordHash: string;
}

export interface ClientCredentials extends Identity {
  readonly secretHash: Uint8Array;
}

export interface RefreshState {
  readonly sessionId: string;
  readonly usedAt: Date | null;
  readonly alive: boolean;
  readonly personId: number;
  readonly disabled: boolean;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly roles: readonly PersonRole[];
}

type Hash = Uint8Array<ArrayBuffer>;

const DAY_MS = 86_400_000;

const identity = {
  id: true,
  organisationId: true,
  roles: true,
  organisation: { select: { role: true } },
} as const satisfies Generated.PersonSelect & Generated.ClientSelect;

/** Credentials as stored, sessions, and refresh tokens by their hash. */
@Injectable()
export class CredentialsStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  /** The active person with this e-mail, which is compared in lower case. */
  async person(email: string): Promise<PersonCredentials | undefined> {
    const row = await this.prisma.person.findUnique({
      where: { email: email.toLowerCase(), disabledAt: null },
      select: { ...identity, passwordHash: true },
    });
    return row === null ? undefined : { ...identityOf(row), passwordHash: row.passwordHash };
  }

  async client(clientId: string): Promise<ClientCredentials | undefined> {
    const row = await this.prisma.client.findUnique({
      where: { clientId, disabledAt: null },
      select: { ...identity, secretHash: true },
    });
    return row === null ? undefined : { ...identityOf(row), secretHash: row.secretHash };
  }

  async startSession(tx: PrismaTx, id: string, personId: number, seconds: number, hash: Hash): Promise<void> {
    const now = Date.now();
    const expiresAt = new Date(now + seconds * 1000);
    await tx.session.create({ data: { id, personId, expiresAt, refreshTokens: { create: { hash } } } });
    await tx.session.deleteMany({ where: { expiresAt: { lt: new Date(now - DAY_MS) } } });
  }

  /** The session of a refresh token, locked: two uses of one token come one after the other. */
  async lockRefresh(tx: PrismaTx, hash: Hash): Promise<RefreshState | undefined> {
    await tx.$executeRaw`
      select from session where id = (select session_id from refresh_token where hash = ${hash}) for update`;
    const token = await tx.refreshToken.findUnique({
      where: { hash },
      select: { usedAt: true, session: { include: { person: { select: { ...identity, disabledAt: true } } } } },
    });
    if (token === null) return undefined;
    const { usedAt, session } = token;
    const { id: personId, ...person } = identityOf(session.person);
    const alive = session.endedAt === null && session.expiresAt.getTime() > Date.now();
    return { sessionId: session.id, usedAt, alive, personId, disabled: session.person.disabledAt !== null, ...person };
  }

  async rotate(tx: PrismaTx, sessionId: string, used: Hash, next: Hash): Promise<void> {
    await tx.refreshToken.update({ where: { hash: used }, data: { usedAt: new Date() } });
    await tx.refreshToken.create({ data: { hash: next, sessionId } });
  }

  async endSession(tx: PrismaTx, id: string, because: 'signed_out' | 'reused'): Promise<boolean> {
    return (await end(tx, { id }, because)) > 0;
  }

  /** Ends every session of a person but `except`, when the person's password, roles or standing have changed. */
  async endSessionsOf(tx: PrismaTx, personId: number, except?: string): Promise<void> {
    await end(tx, { personId, ...(except !== undefined && { NOT: { id: except } }) }, 'changed');
  }
}

async function end(tx: PrismaTx, which: Generated.SessionWhereInput, endedBecause: string): Promise<number> {
  const { count } = await tx.session.updateMany({
    where: { ...which, endedAt: null },
    data: { endedAt: new Date(), endedBecause },
  });
  return count;
}

/** The tables' checks let no other role in. */
function identityOf(row: Generated.PersonGetPayload<{ select: typeof identity }>): Identity {
  const { id, organisationId, organisation, roles } = row;
  return {
    id,
    organisationId,
    organisationRole: organisation.role as OrganisationRole,
    roles: roles as PersonRole[],
  };
}
