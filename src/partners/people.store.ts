import { Inject, Injectable } from '@nestjs/common';
import type { PersonRole } from '../access/actor.js';
import { Database, type Queryable, type Row, type Tx } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/errors.js';
import { PartnerRefusedError } from './errors.js';
import type { Client, Person } from './records.js';

export interface NewPerson {
  readonly organisationId: number;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly passwordHash: string;
}

export interface NewClient {
  readonly organisationId: number;
  readonly clientId: string;
  readonly name: string;
  readonly roles: readonly PersonRole[];
  readonly secretHash: Buffer;
}

const person = `id, organisation_id as "organisationId", email, name, roles, disabled_at as "disabledAt"`;
const client = `id, organisation_id as "organisationId", client_id as "clientId", name, roles, disabled_at as "disabledAt"`;

/** People and machine clients, always within one organisation. */
@Injectable()
export class PeopleStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => this.database.transaction(work);

  async insertPerson(tx: Queryable, { organisationId, email, name, roles, passwordHash }: NewPerson): Promise<Person> {
    const insert = tx.query<Person & Row>(
      'person_insert',
      `insert into person (organisation_id, email, name, roles, password_hash) values ($1, $2, $3, $4, $5) returning ${person}`,
      [organisationId, email, name, roles, passwordHash],
    );
    const [row] = await insert.catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new PartnerRefusedError('EMAIL_TAKEN', `Somebody signs in as ${email} already.`, { email });
    });
    return row!;
  }

  people(organisationId: number, after: number, limit: number): Promise<Person[]> {
    const text = `select ${person} from person where organisation_id = $1 and id > $2 order by id limit $3`;
    return this.database.query<Person & Row>('people_page', text, [organisationId, after, limit]);
  }

  async personById(id: number): Promise<Person | undefined> {
    const [row] = await this.database.query<Person & Row>(
      'person_by_id',
      `select ${person} from person where id = $1`,
      [id],
    );
    return row;
  }

  /** All people of an organisation, locked: who is its last admin does not change meanwhile. */
  lockPeople(tx: Tx, organisationId: number): Promise<Person[]> {
    const text = `select ${person} from person where organisation_id = $1 order by id for update`;
    return tx.query<Person & Row>('people_lock', text, [organisationId]);
  }

  async updatePerson(tx: Tx, id: number, roles: readonly PersonRole[], disabled: boolean): Promise<Person> {
    const [row] = await tx.query<Person & Row>(
      'person_update',
      `update person set roles = $2, disabled_at = case when $3 then coalesce(disabled_at, now()) end
       where id = $1 returning ${person}`,
      [id, roles, disabled],
    );
    return row!;
  }

  async passwordHash(id: number): Promise<string | undefined> {
    const text = 'select password_hash as hash from person where id = $1';
    const [row] = await this.database.query<{ hash: string }>('person_password', text, [id]);
    return row?.hash;
  }

  async setPasswordHash(tx: Tx, id: number, hash: string): Promise<void> {
    await tx.execute('person_set_password', 'update person set password_hash = $2 where id = $1', [id, hash]);
  }

  async insertClient({ organisationId, clientId, name, roles, secretHash }: NewClient): Promise<Client> {
    const [row] = await this.database.query<Client & Row>(
      'client_insert',
      `insert into client (organisation_id, client_id, name, roles, secret_hash) values ($1, $2, $3, $4, $5) returning ${client}`,
      [organisationId, clientId, name, roles, secretHash],
    );
    return row!;
  }

  clients(organisationId: number, after: number, limit: number): Promise<Client[]> {
    const text = `select ${client} from client where organisation_id = $1 and id > $2 order by id limit $3`;
    return this.database.query<Client & Row>('clients_page', text, [organisationId, after, limit]);
  }

  async disableClient(organisationId: number, id: number): Promise<Client | undefined> {
    const [row] = await this.database.query<Client & Row>(
      'client_disable',
      `update client set disabled_at = coalesce(disabled_at, now()) where id = $1 and organisation_id = $2 returning ${client}`,
      [id, organisationId],
    );
    return row;
  }

  async setClientSecret(organisationId: number, id: number, secretHash: Buffer): Promise<Client | undefined> {
    const [row] = await this.database.query<Client & Row>(
      'client_set_secret',
      `update client set secret_hash = $3 where id = $1 and organisation_id = $2 returning ${client}`,
      [id, organisationId, secretHash],
    );
    return row;
  }
}
