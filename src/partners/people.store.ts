import { Inject, Injectable } from '@nestjs/common';
import type { Prisma as Generated } from '../generated/prisma/client.js';
import type { PersonRole } from '../access/actor.js';
import { isUniqueViolation } from '../platform/database/errors.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
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
  readonly secretHash: Uint8Array<ArrayBuffer>;
}

export type PersonChange = Pick<Person, 'roles' | 'disabledAt'>;

const personRow = {
  select: { id: true, organisationId: true, email: true, name: true, roles: true, disabledAt: true },
} as const satisfies Generated.PersonDefaultArgs;

const clientRow = {
  select: { id: true, organisationId: true, clientId: true, name: true, roles: true, disabledAt: true },
} as const satisfies Generated.ClientDefaultArgs;

/** People and machine clients, always within one organisation. */
@Injectable()
export class PeopleStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  async insertPerson(tx: PrismaTx, { organisationId, email, name, roles, passwordHash }: NewPerson): Promise<Person> {
    const data = { organisationId, email, name, roles: [...roles], passwordHash };
    const row = await tx.person.create({ ...personRow, data }).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new PartnerRefusedError('EMAIL_TAKEN', `Somebody signs in as ${email} already.`, { email });
    });
    return withRoles(row);
  }

  async people(organisationId: number, after: number, limit: number): Promise<Person[]> {
    const page = { where: { organisationId, id: { gt: after } }, orderBy: { id: 'asc' }, take: limit } as const;
    return (await this.prisma.person.findMany({ ...personRow, ...page })).map(withRoles);
  }

  async personById(id: number): Promise<Person | undefined> {
    const row = await this.prisma.person.findUnique({ ...personRow, where: { id } });
    return row === null ? undefined : withRoles(row);
  }

  /** All people of an organisation, locked: who is its last admin does not change meanwhile. */
  async lockPeople(tx: PrismaTx, organisationId: number): Promise<Person[]> {
    await tx.$executeRaw`select from person where organisation_id = ${organisationId} order by id for update`;
    return (await tx.person.findMany({ ...personRow, where: { organisationId }, orderBy: { id: 'asc' } })).map(
      withRoles,
    );
  }

  async updatePerson(tx: PrismaTx, id: number, { roles, disabledAt }: PersonChange): Promise<Person> {
    return withRoles(await tx.person.update({ ...personRow, where: { id }, data: { roles: [...roles], disabledAt } }));
  }

  async passwordHash(id: number): Promise<string | undefined> {
    return (await this.prisma.person.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash;
  }

  async setPasswordHash(tx: PrismaTx, id: number, passwordHash: string): Promise<void> {
    await tx.person.update({ where: { id }, data: { passwordHash }, select: { id: true } });
  }

  async insertClient({ roles, ...client }: NewClient): Promise<Client> {
    return withRoles(await this.prisma.client.create({ ...clientRow, data: { ...client, roles: [...roles] } }));
  }

  async clients(organisationId: number, after: number, limit: number): Promise<Client[]> {
    const page = { where: { organisationId, id: { gt: after } }, orderBy: { id: 'asc' }, take: limit } as const;
    return (await this.prisma.client.findMany({ ...clientRow, ...page })).map(withRoles);
  }

  /** The client as it is then; when it was disabled before, that time stays. */
  async disableClient(organisationId: number, id: number): Promise<Client | undefined> {
    await this.prisma.client.updateMany({
      where: { id, organisationId, disabledAt: null },
      data: { disabledAt: new Date() },
    });
    const row = await this.prisma.client.findUnique({ ...clientRow, where: { id, organisationId } });
    return row === null ? undefined : withRoles(row);
  }

  async setClientSecret(
    organisationId: number,
    id: number,
    secretHash: Uint8Array<ArrayBuffer>,
  ): Promise<Client | undefined> {
    const [row] = await this.prisma.client.updateManyAndReturn({
      ...clientRow,
      where: { id, organisationId },
      data: { secretHash },
    });
    return row === undefined ? undefined : withRoles(row);
  }
}

/** The table's check lets no other role in. */
const withRoles = <Row extends { readonly roles: readonly string[] }>(row: Row) => ({
  ...row,
  roles: row.roles as readonly PersonRole[],
});
