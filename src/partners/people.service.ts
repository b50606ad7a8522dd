import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Actor, type PersonRole, personOf } from '../access/actor.js';
import { CredentialsStore } from '../access/credentials.store.js';
import { hashPassword, isPassword } from '../access/passwords.js';
import { hashSecret, newSecret } from '../access/secrets.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { notFound, PartnerRefusedError } from './errors.js';
import { requiredText, someRoles } from './fields.js';
import type { ClientInput, PersonInput } from './partners.input.js';
import { newPerson } from './partners.service.js';
import { PeopleStore } from './people.store.js';
import type { Client, Person } from './records.js';

interface Change {
  readonly roles?: readonly PersonRole[];
  readonly disabled?: boolean;
}

/** People and machine clients of the actor's own organisation; somebody else's do not exist here. */
@Injectable()
export class PeopleService {
  constructor(
    @Inject(Prisma) private readonly prisma: Prisma,
    @Inject(PeopleStore) private readonly store: PeopleStore,
    @Inject(CredentialsStore) private readonly credentials: CredentialsStore,
  ) {}

  /** Throws EMAIL_INVALID, EMAIL_TAKEN, PASSWORD_REFUSED, ROLES_REQUIRED, TEXT_REQUIRED. */
  async registerPerson(input: PersonInput, actor: Actor): Promise<Person> {
    const person = await newPerson(input);
    const { organisationId } = actor;
    return this.prisma.$transaction((tx) => this.store.insertPerson(tx, { ...person, organisationId }));
  }

  /** Changes what a person may do; its sessions end. Throws NOT_FOUND, ROLES_REQUIRED, LAST_ADMIN. */
  changePerson(id: number, change: Change, actor: Actor): Promise<Person> {
    return this.prisma.$transaction((tx) => this.change(tx, id, change, actor));
  }

  /** Sets the actor's own password; its other sessions end. Throws PASSWORD_WRONG, PASSWORD_REFUSED, NOT_FOUND. */
  async changePassword(current: string, next: string, actor: Actor): Promise<void> {
    const id = personOf(actor);
    if (id === undefined) throw notFound('person', 'behind a machine client');
    if (!(await isPassword(await this.store.passwordHash(id), current))) {
      throw new PartnerRefusedError('PASSWORD_WRONG', 'The current password is another one.');
    }
    const hash = await hashPassword(next);
    await this.prisma.$transaction(async (tx) => {
      await this.store.setPasswordHash(tx, id, hash);
      await this.credentials.endSessionsOf(tx, id, actor.sessionId);
    });
  }

  /** The answer holds the secret, which is stored only as a hash. Throws TEXT_REQUIRED, ROLES_REQUIRED. */
  async registerClient(input: ClientInput, actor: Actor): Promise<{ client: Client; clientSecret: string }> {
    const clientSecret = newSecret();
    const client = await this.store.insertClient({
      organisationId: actor.organisationId,
      clientId: randomUUID(),
      name: requiredText('name', input.name),
      roles: someRoles(input.roles),
      secretHash: hashSecret(clientSecret),
    });
    return { client, clientSecret };
  }

  /** A new secret for an own client; the old one and its tokens die. Throws NOT_FOUND. */
  async renewClientSecret(id: number, actor: Actor): Promise<{ client: Client; clientSecret: string }> {
    const clientSecret = newSecret();
    const client = await this.store.setClientSecret(actor.organisationId, id, hashSecret(clientSecret));
    if (client === undefined) throw notFound('machine client', id);
    return { client, clientSecret };
  }

  /** Throws NOT_FOUND. */
  async disableClient(id: number, actor: Actor): Promise<Client> {
    const client = await this.store.disableClient(actor.organisationId, id);
    if (client === undefined) throw notFound('machine client', id);
    return client;
  }

  private async change(tx: PrismaTx, id: number, change: Change, actor: Actor): Promise<Person> {
    const people = await this.store.lockPeople(tx, actor.organisationId);
    const person = people.find((each) => each.id === id);
    if (person === undefined) throw notFound('person', id);
    const roles = someRoles(change.roles ?? person.roles);
    const disabled = change.disabled ?? person.disabledAt !== null;
    const disabledAt = disabled ? (person.disabledAt ?? new Date()) : null;
    const stays = people.some((each) => (each.id === id ? !disabled && roles.includes('admin') : isActiveAdmin(each)));
    if (isActiveAdmin(person) && !stays) {
      throw new PartnerRefusedError('LAST_ADMIN', 'An organisation keeps at least one active admin.', { id });
    }
    const changed = await this.store.updatePerson(tx, id, { roles, disabledAt });
    await this.credentials.endSessionsOf(tx, id);
    return changed;
  }
}

const isActiveAdmin = (person: Person): boolean => person.disabledAt === null && person.roles.includes('admin');
