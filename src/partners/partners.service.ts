import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Actor } from '../access/actor.js';
import { hashPassword } from '../access/passwords.js';
import { parseCompanyPrefix, prefixOwnsGtin } from '../domain/gs1/company-prefix.js';
import { parseGln } from '../domain/gs1/gln.js';
import { type Gtin, parseGtin } from '../domain/gs1/gtin.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { notFound, PartnerRefusedError } from './errors.js';
import {
  coordinates,
  country,
  emailAddress,
  optionalText,
  packSize,
  requiredText,
  someRoles,
  temperatures,
} from './fields.js';
import { PartnersDirectory } from './partners-directory.js';
import type { OrganisationInput, ProductInput, SiteInput } from './partners.input.js';
import { PartnersStore } from './partners.store.js';
import { PeopleStore } from './people.store.js';
import type { Organisation, Product, Site } from './records.js';

/** Registers organisations, company prefixes, sites and products. Who may is decided at the door. */
@Injectable()
export class PartnersService {
  constructor(
    @Inject(Prisma) private readonly prisma: Prisma,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PeopleStore) private readonly people: PeopleStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  /**
   * Throws GLN_INVALID, GLN_TAKEN, COMPANY_PREFIX_INVALID, COMPANY_PREFIX_OVERLAPS, and what a first person is refused for.
   * `before` runs first in the transaction, and may refuse.
   */
  async registerOrganisation(
    input: OrganisationInput,
    before: (tx: PrismaTx) => Promise<void> = () => Promise.resolve(),
  ): Promise<Organisation> {
    const organisation = {
      gln: parseGln(input.gln),
      name: requiredText('name', input.name),
      role: input.role,
      country: country('country', input.country),
    };
    // In one order for everybody, so that two who register the same prefixes wait for one another and never both.
    const prefixes = [...new Set((input.companyPrefixes ?? []).map(parseCompanyPrefix))].sort();
    const first = input.firstPerson == null ? undefined : await newPerson(input.firstPerson);
    const id = await this.prisma.$transaction(async (tx) => {
      await before(tx);
      const organisationId = await this.store.insertOrganisation(tx, organisation);
      for (const prefix of prefixes) await this.store.insertPrefix(tx, organisationId, prefix);
      if (first !== undefined) await this.people.insertPerson(tx, { ...first, organisationId });
      return organisationId;
    });
    return (await this.directory.refreshOrganisation(id))!;
  }

  /** Throws NOT_FOUND, COMPANY_PREFIX_INVALID, COMPANY_PREFIX_OVERLAPS. */
  async addCompanyPrefix(gln: string, prefix: string): Promise<Organisation> {
    const parsed = parseCompanyPrefix(prefix);
    const organisation = await this.directory.findOrganisationByGln(parseGln(gln));
    if (organisation === undefined) throw notFound('organisation', gln);
    await this.prisma.$transaction((tx) => this.store.insertPrefix(tx, organisation.id, parsed));
    return (await this.directory.refreshOrganisation(organisation.id))!;
  }

  /** Registers a site of the actor's own organisation. Throws GLN_INVALID, GLN_TAKEN, COORDINATES_INVALID. */
  async registerSite(input: SiteInput, actor: Actor): Promise<Site> {
    const site = {
      organisationId: actor.organisationId,
      gln: parseGln(input.gln),
      name: requiredText('name', input.name),
      address: optionalText('address', input.address),
      country: country('country', input.country),
      ...coordinates(input.latitude, input.longitude),
    };
    const id = await this.prisma.$transaction((tx) => this.store.insertSite(tx, site));
    return (await this.directory.refreshSite(id))!;
  }

  /** Registers a product under an own prefix. Throws GTIN_INVALID, GTIN_NOT_OWNED, GTIN_TAKEN, PACK_SIZE_INVALID and more. */
  async registerProduct(input: ProductInput, actor: Actor): Promise<Product> {
    const gtin = parseGtin(input.gtin);
    await this.checkOwner(gtin, actor);
    const product = newProduct(gtin, input, actor.organisationId);
    await this.prisma.$transaction((tx) => this.store.insertProduct(tx, product, randomBytes(32)));
    return (await this.directory.refreshProduct(gtin))!;
  }

  private async checkOwner(gtin: Gtin, actor: Actor): Promise<void> {
    const owns = (organisation: Organisation | undefined) =>
      organisation?.prefixes.some((prefix) => prefixOwnsGtin(prefix, gtin)) === true;
    if (owns(this.directory.organisation(actor.organisationId))) return;
    if (owns(await this.directory.refreshOrganisation(actor.organisationId))) return;
    throw new PartnerRefusedError(
      'GTIN_NOT_OWNED',
      `GTIN ${gtin} is not under a company prefix of your organisation.`,
      {
        gtin,
      },
    );
  }
}

/** A person's fields, checked, and its password hashed. */
export async function newPerson(input: NonNullable<OrganisationInput['firstPerson']>) {
  const person = {
    email: emailAddress(input.email),
    name: requiredText('name', input.name),
    roles: someRoles(input.roles),
  };
  return { ...person, passwordHash: await hashPassword(input.password) };
}

/** A product's fields, checked. Throws TEXT_REQUIRED, COUNTRY_INVALID, PACK_SIZE_INVALID, TEMPERATURE_INVALID. */
export function newProduct(gtin: Gtin, input: ProductInput, organisationId: number): Product {
  return {
    gtin,
    organisationId,
    name: requiredText('name', input.name),
    commonName: optionalText('commonName', input.commonName),
    form: requiredText('form', input.form),
    strength: requiredText('strength', input.strength),
    packSize: packSize(input.packSize),
    market: country('market', input.market),
    storageConditions: optionalText('storageConditions', input.storageConditions),
    ...temperatures(input.minCelsius, input.maxCelsius),
  };
}
