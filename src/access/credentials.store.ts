import { Inject, Injectable } from '@nestjs/common';
import { Database, type Row, type Tx } from '../platform/database/database.js';
import type { OrganisationRole, PersonRole } from './actor.js';

export interface PersonCredentials extends Row {
  readonly id: number;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly roles: PersonRole[];
  readonly passwordHash: string;
}

export interface ClientCredentials extends Row {
  readonly id: number;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly roles: PersonRole[];
  readonly secretHash: Buffer;
}

export interface RefreshState extends Row {
  readonly sessionId: string;
  readonly usedAt: Date | null;
  readonly alive: boolean;
  readonly personId: number;
  readonly disabled: boolean;
  readonly organisationId: number;
  readonly organisationRole: OrganisationRole;
  readonly roles: PersonRole[];
}

/** Credentials as stored, sessions, and refresh tokens by their hash. */
@Injectable()
export class CredentialsStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => this.database.transaction(work);

  /** The active person with this e-mail, which is compared in lower case. */
  async person(email: string): Promise<PersonCredentials | undefined> {
    const [row] = await this.database.query<PersonCredentials>(
      'credentials_person',
      `select p.id, p.organisation_id as "organisationId", o.role as "organisationRole", p.roles, p.password_hash as "passwordHash"
       from person p join organisation o on o.id = p.organisation_id
       where p.email = lower($1) and p.disabled_at is null`,
      [email],
    );
    return row;
  }

  async client(clientId: string): Promise<ClientCredentials | undefined> {
    const [row] = await this.database.query<ClientCredentials>(
      'credentials_client',
      `select c.id, c.organisation_id as "organisationId", o.role as "organisationRole", c.roles, c.secret_hash as "secretHash"
       from client c join organisation o on o.id = c.organisation_id
       where c.client_id = $1 and c.disabled_at is null`,
      [clientId],
    );
    return row;
  }

  async startSession(tx: Tx, id: string, personId: number, seconds: number, refreshHash: Buffer): Promise<void> {
    await tx.execute(
      'session_start',
      `insert into session (id, person_id, expires_at) values ($1, $2, now() + make_interval(secs => $3))`,
      [id, personId, seconds],
    );
    await this.addRefreshToken(tx, id, refreshHash);
    await tx.execute('session_prune', `delete from session where expires_at < now() - interval '1 day'`);
  }

  /** The session of a refresh token, locked: two uses of one token come one after the other. */
  async lockRefresh(tx: Tx, hash: Buffer): Promise<RefreshState | undefined> {
    const [found] = await tx.query<{ id: string }>(
      'refresh_lock',
      `select s.id from session s where s.id = (select session_id from refresh_token where hash = $1) for update`,
      [hash],
    );
    if (found === undefined) return undefined;
    const [row] = await tx.query<RefreshState>(
      'refresh_state',
      `select s.id as "sessionId", r.used_at as "usedAt", s.ended_at is null and s.expires_at > now() as alive,
         p.id as "personId", p.disabled_at is not null as disabled, p.organisation_id as "organisationId",
         o.role as "organisationRole", p.roles
       from refresh_token r join session s on s.id = r.session_id
         join person p on p.id = s.person_id join organisation o on o.id = p.organisation_id
       where r.hash = $1`,
      [hash],
    );
    return row;
  }

  async rotate(tx: Tx, sessionId: string, used: Buffer, next: Buffer): Promise<void> {
    await tx.execute('refresh_used', 'update refresh_token set used_at = now() where hash = $1', [used]);
    await this.addRefreshToken(tx, sessionId, next);
  }

  async endSession(tx: Tx, id: string, because: 'signed_out' | 'reused'): Promise<boolean> {
    const ended = await tx.execute(
      'session_end',
      'update session set ended_at = now(), ended_because = $2 where id = $1 and ended_at is null',
      [id, because],
    );
    return ended > 0;
  }

  /** Ends every session of a person but `except`, when the person's password, roles or standing have changed. */
  async endSessionsOf(tx: Tx, personId: number, except: string | null = null): Promise<void> {
    await tx.execute(
      'sessions_end',
      `update session set ended_at = now(), ended_because = 'changed'
       where person_id = $1 and ended_at is null and ($2::uuid is null or id <> $2::uuid)`,
      [personId, except],
    );
  }

  private async addRefreshToken(tx: Tx, sessionId: string, hash: Buffer): Promise<void> {
    await tx.execute('refresh_add', 'insert into refresh_token (hash, session_id) values ($1, $2)', [hash, sessionId]);
  }
}
