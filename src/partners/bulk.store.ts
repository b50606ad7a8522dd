import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { isUniqueViolation } from '../platform/database/errors.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { PartnerRefusedError } from './errors.js';
import type { NewOrganisation, NewSite } from './partners.store.js';
import type { Organisation, Product, Site } from './records.js';
import { organisationOf, organisationRow, productOf, productRow, siteOf, siteRow } from './rows.js';

const PATIENCE_MS = 120_000;

/** Many organisations, sites and products at once. What is read here is locked until the transaction ends. */
@Injectable()
export class BulkStore {
  constructor(@Inject(Prisma) private readonly prisma: Prisma) {}

  /** Throws CONFLICT where somebody else registered one of them at the same moment: the same again works. */
  async transaction<T>(work: (tx: PrismaTx) => Promise<T>): Promise<T> {
    try {
      return await this.prisma.$transaction(work, { timeout: PATIENCE_MS });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new PartnerRefusedError('CONFLICT', 'Somebody registers one of these just now. Send the file again.');
    }
  }

  async lockOrganisations(tx: PrismaTx, glns: string[]): Promise<Organisation[]> {
    await tx.$executeRaw`select from organisation where gln = any(${glns}) order by id for update`;
    return (await tx.organisation.findMany({ ...organisationRow, where: { gln: { in: glns } } })).map(organisationOf);
  }

  async lockSites(tx: PrismaTx, glns: string[]): Promise<Site[]> {
    await tx.$executeRaw`select from site where gln = any(${glns}) order by id for update`;
    return (await tx.site.findMany({ ...siteRow, where: { gln: { in: glns } } })).map(siteOf);
  }

  async lockProducts(tx: PrismaTx, gtins: string[]): Promise<Product[]> {
    const keys = gtins.map(BigInt);
    await tx.$executeRaw`select from product where gtin = any(${keys}::bigint[]) order by gtin for update`;
    return (await tx.product.findMany({ ...productRow, where: { gtin: { in: keys } } })).map(productOf);
  }

  async insertOrganisation(tx: PrismaTx, { gln, name, role, country }: NewOrganisation): Promise<number> {
    return (await tx.organisation.create({ data: { gln, name, role, country }, select: { id: true } })).id;
  }

  async updateOrganisation(tx: PrismaTx, id: number, data: Pick<Organisation, 'name' | 'country'>): Promise<void> {
    await tx.organisation.update({ where: { id }, data, select: { id: true } });
  }

  async insertSites(tx: PrismaTx, sites: readonly NewSite[]): Promise<void> {
    await tx.site.createMany({ data: [...sites] });
  }

  /** Each with its sequence of serial numbers, under its own random key. */
  async insertProducts(tx: PrismaTx, products: readonly Product[]): Promise<void> {
    await tx.product.createMany({ data: products.map((product) => ({ ...product, gtin: BigInt(product.gtin) })) });
    const sequences = products.map(({ gtin }) => ({ gtin: BigInt(gtin), key: randomBytes(32) }));
    await tx.serialSequence.createMany({ data: sequences });
  }
}
