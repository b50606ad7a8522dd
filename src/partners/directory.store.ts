import { Inject, Injectable } from '@nestjs/common';
import { Prisma } from '../platform/database/prisma.js';
import type { Organisation, Product, Site } from './records.js';
import { organisationOf, organisationRow, productOf, productRow, siteOf, siteRow } from './rows.js';

/** Reference rows: all of them, and each by its keys. */
@Injectable()
export class DirectoryStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  organisations = async (): Promise<Organisation[]> =>
    (await this.prisma.organisation.findMany(organisationRow)).map(organisationOf);

  sites = async (): Promise<Site[]> => (await this.prisma.site.findMany(siteRow)).map(siteOf);

  products = async (): Promise<Product[]> => (await this.prisma.product.findMany(productRow)).map(productOf);

  organisationsByIds = async (ids: readonly number[]): Promise<Organisation[]> =>
    (await this.prisma.organisation.findMany({ ...organisationRow, where: { id: { in: [...ids] } } })).map(
      organisationOf,
    );

  organisationById = async (id: number): Promise<Organisation | undefined> =>
    mapped(await this.prisma.organisation.findUnique({ ...organisationRow, where: { id } }), organisationOf);

  organisationByGln = async (gln: string): Promise<Organisation | undefined> =>
    mapped(await this.prisma.organisation.findUnique({ ...organisationRow, where: { gln } }), organisationOf);

  siteById = async (id: number): Promise<Site | undefined> =>
    mapped(await this.prisma.site.findUnique({ ...siteRow, where: { id } }), siteOf);

  siteByGln = async (gln: string): Promise<Site | undefined> =>
    mapped(await this.prisma.site.findUnique({ ...siteRow, where: { gln } }), siteOf);

  productByGtin = async (gtin: string): Promise<Product | undefined> =>
    mapped(await this.prisma.product.findUnique({ ...productRow, where: { gtin: BigInt(gtin) } }), productOf);

  /** The organisation that owns the company prefix with which `digits` begins. */
  ownerOfPrefix = async (digits: string): Promise<Organisation | undefined> => {
    const where = { prefixes: { some: { prefix: { in: prefixesOf(digits) } } } };
    return mapped(await this.prisma.organisation.findFirst({ ...organisationRow, where }), organisationOf);
  };
}

/** Every company prefix (4 to 12 digits, GS1 GenSpecs 1.4.4) with which `digits` could begin, longest first. */
export function prefixesOf(digits: string): string[] {
  const prefixes: string[] = [];
  for (let length = Math.min(12, digits.length); length >= 4; length--) prefixes.push(digits.slice(0, length));
  return prefixes;
}

const mapped = <Row, Result>(row: Row | null, shape: (row: Row) => Result): Result | undefined =>
  row === null ? undefined : shape(row);
