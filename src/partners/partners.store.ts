import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationRole } from '../access/actor.js';
import { isUniqueViolation, sqlState } from '../platform/database/errors.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { PartnerRefusedError } from './errors.js';
import type { Organisation, Product, Site } from './records.js';
import { organisationOf, organisationRow, productOf, productRow, siteOf, siteRow } from './rows.js';

export type NewOrganisation = Omit<Organisation, 'id' | 'prefixes'>;
export type NewSite = Omit<Site, 'id'>;
export type OrganisationChange = Pick<Organisation, 'name' | 'country'>;
export type SiteChange = Pick<Site, 'name' | 'address' | 'latitude' | 'longitude'>;
export type ProductChange = Omit<Product, 'gtin' | 'organisationId' | 'market'>;

/** Where a page begins, and how many rows to read. */
export interface Slice<Key extends string | number = string> {
  readonly after: Key | undefined;
  readonly limit: number;
}

/** What `refuse_overlapping_prefix` raises. */
const PREFIX_OVERLAPS = 'HL002';

/** Organisations, their company prefixes, sites and products. A clash with what is there is a refusal with a code. */
@Injectable()
export class PartnersStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  /** Whoever fills an empty installation does so alone. */
  async lockSetup(tx: PrismaTx): Promise<void> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('halisi.setup'))`;
  }

  async hasOrganisation(tx: PrismaTx = this.prisma): Promise<boolean> {
    return (await tx.organisation.findFirst({ select: { id: true } })) !== null;
  }

  async insertOrganisation(tx: PrismaTx, { gln, name, role, country }: NewOrganisation): Promise<number> {
    const insert = tx.organisation.create({ data: { gln, name, role, country }, select: { id: true } });
    return (await insert.catch(refuseTaken('GLN_TAKEN', 'GLN', gln))).id;
  }

  async updateOrganisation(gln: string, change: Partial<OrganisationChange>): Promise<number | undefined> {
    const [changed] = await this.prisma.organisation.updateManyAndReturn({
      where: { gln },
      data: change,
      select: { id: true },
    });
    return changed?.id;
  }

  async insertPrefix(tx: PrismaTx, organisationId: number, prefix: string): Promise<void> {
    await tx.companyPrefix.create({ data: { prefix, organisationId } }).catch((error: unknown) => {
      if (sqlState(error) !== PREFIX_OVERLAPS && !isUniqueViolation(error)) throw error;
      throw new PartnerRefusedError(
        'COMPANY_PREFIX_OVERLAPS',
        `Company prefix ${prefix} overlaps one that is registered: no prefix may begin another.`,
        { prefix },
      );
    });
  }

  async insertSite(tx: PrismaTx, site: NewSite): Promise<number> {
    const { organisationId, gln, name, address, country, latitude, longitude } = site;
    const data = { organisationId, gln, name, address, country, latitude, longitude };
    const insert = tx.site.create({ data, select: { id: true } });
    return (await insert.catch(refuseTaken('GLN_TAKEN', 'GLN', gln))).id;
  }

  /** A site of an organisation, locked until the transaction ends. */
  async lockSite(tx: PrismaTx, organisationId: number, gln: string): Promise<Site | undefined> {
    await tx.$executeRaw`select from site where gln = ${gln} for update`;
    const row = await tx.site.findUnique({ ...siteRow, where: { gln, organisationId } });
    return row === null ? undefined : siteOf(row);
  }

  async updateSite(tx: PrismaTx, id: number, data: SiteChange): Promise<void> {
    await tx.site.update({ where: { id }, data });
  }

  /** The product and its sequence of serial numbers, under its own random key. */
  async insertProduct(tx: PrismaTx, product: Product, serialKey: Uint8Array<ArrayBuffer>): Promise<void> {
    const { organisationId, name, commonName, form, strength, packSize, market } = product;
    const { storageConditions, minCelsius, maxCelsius } = product;
    const gtin = BigInt(product.gtin);
    const words = { name, commonName, form, strength, storageConditions, market };
    const data = { gtin, organisationId, ...words, packSize, minCelsius, maxCelsius };
    const create = { data: { ...data, serialSequence: { create: { key: serialKey } } }, select: { gtin: true } };
    await tx.product.create(create).catch(refuseTaken('GTIN_TAKEN', 'GTIN', product.gtin));
  }

  /** A product of an organisation, locked until the transaction ends: no lot of it is registered meanwhile. */
  async lockProduct(tx: PrismaTx, organisationId: number, gtin: string): Promise<Product | undefined> {
    await tx.$executeRaw`select from product where gtin = ${BigInt(gtin)} for update`;
    const row = await tx.product.findUnique({ ...productRow, where: { gtin: BigInt(gtin), organisationId } });
    return row === null ? undefined : productOf(row);
  }

  /** True when packs of a locked product are commissioned; the lots are locked too, so that none is meanwhile. */
  async hasPacks(tx: PrismaTx, gtin: string): Promise<boolean> {
    const lots = await tx.$queryRaw<{ commissioned: number }[]>`
      select commissioned from lot where gtin = ${BigInt(gtin)} order by id for update`;
    return lots.some(({ commissioned }) => commissioned > 0);
  }

  async updateProduct(tx: PrismaTx, gtin: string, data: ProductChange): Promise<void> {
    await tx.product.update({ where: { gtin: BigInt(gtin) }, data, select: { gtin: true } });
  }

  async organisations(slice: Slice, role?: OrganisationRole | null, country?: string | null): Promise<Organisation[]> {
    const where = { ...after('gln', slice.after), ...(role && { role }), ...(country && { country }) };
    const page = { where, orderBy: { gln: 'asc' }, take: slice.limit } as const;
    return (await this.prisma.organisation.findMany({ ...organisationRow, ...page })).map(organisationOf);
  }

  async sites(slice: Slice, organisationId?: number): Promise<Site[]> {
    const where = { ...after('gln', slice.after), ...(organisationId !== undefined && { organisationId }) };
    const page = { where, orderBy: { gln: 'asc' }, take: slice.limit } as const;
    return (await this.prisma.site.findMany({ ...siteRow, ...page })).map(siteOf);
  }

  /** `name` is a part of the name or of the common name, in capitals or not. */
  async products(slice: Slice<number>, organisationId?: number, name?: string | null): Promise<Product[]> {
    const contains = { contains: literally(name ?? ''), mode: 'insensitive' } as const;
    const where = {
      ...after('gtin', slice.after),
      ...(organisationId !== undefined && { organisationId }),
      ...(name && { OR: [{ name: contains }, { commonName: contains }] }),
    };
    const page = { where, orderBy: { gtin: 'asc' }, take: slice.limit } as const;
    return (await this.prisma.product.findMany({ ...productRow, ...page })).map(productOf);
  }
}

const after = (field: 'gln' | 'gtin', key: string | number | undefined) =>
  key === undefined ? {} : { [field]: { gt: key } };

/** Prisma hands a text to LIKE as it is. */
const literally = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);

function refuseTaken(code: 'GLN_TAKEN' | 'GTIN_TAKEN', what: string, key: string) {
  return (error: unknown): never => {
    if (!isUniqueViolation(error)) throw error;
    throw new PartnerRefusedError(code, `${what} ${key} is registered already.`, { key });
  };
}
