import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor.js';
import { parseGln } from '../domain/gs1/gln.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { Prisma, type PrismaTx } from '../platform/database/prisma.js';
import { notFound, PartnerRefusedError } from './errors.js';
import { coordinates, country, optionalText, packSize, requiredText, temperatures } from './fields.js';
import type { OrganisationChangeInput, ProductChangeInput, SiteChangeInput } from './partner-changes.input.js';
import { PartnersDirectory } from './partners-directory.js';
import { PartnersStore, type ProductChange, type SiteChange } from './partners.store.js';
import type { Organisation, Product, Site } from './records.js';

/**
 * Changes what changes in the life of an organisation, a site or a product. Their keys never do, nor whose they are. Who
 * may is decided at the door; somebody else's sites and products do not exist here.
 */
@Injectable()
export class PartnerChangesService {
  constructor(
    @Inject(Prisma) private readonly prisma: Prisma,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  /** Throws GLN_INVALID, NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, COUNTRY_INVALID. */
  async updateOrganisation(gln: string, input: OrganisationChangeInput): Promise<Organisation> {
    const id = await this.store.updateOrganisation(parseGln(gln), {
      ...(input.name !== undefined && { name: requiredText('name', input.name ?? '') }),
      ...(input.country !== undefined && { country: country('country', input.country ?? '') }),
    });
    if (id === undefined) throw notFound('organisation', gln);
    return (await this.directory.refreshOrganisation(id))!;
  }

  /** Throws GLN_INVALID, NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, COORDINATES_INVALID. */
  async updateSite(gln: string, input: SiteChangeInput, actor: Actor): Promise<Site> {
    const id = await this.prisma.$transaction(async (tx) => {
      const site = await this.store.lockSite(tx, actor.organisationId, parseGln(gln));
      if (site === undefined) throw notFound('site', gln);
      await this.store.updateSite(tx, site.id, changedSite(site, input));
      return site.id;
    });
    return (await this.directory.refreshSite(id))!;
  }

  /**
   * Throws GTIN_INVALID, NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, PACK_SIZE_INVALID, TEMPERATURE_INVALID; PRODUCT_IN_USE
   * for another pack size once a pack is commissioned: what is left of a pack is counted in its units, and another size
   * has another GTIN (GS1 GTIN Management Standard).
   */
  async updateProduct(given: string, input: ProductChangeInput, actor: Actor): Promise<Product> {
    const gtin = parseGtin(given);
    await this.prisma.$transaction(async (tx) => {
      const product = await this.store.lockProduct(tx, actor.organisationId, gtin);
      if (product === undefined) throw notFound('product', gtin);
      const changed = changedProduct(product, input);
      if (changed.packSize !== product.packSize) await this.refuseInUse(tx, gtin);
      await this.store.updateProduct(tx, gtin, changed);
    });
    return (await this.directory.refreshProduct(gtin))!;
  }

  private async refuseInUse(tx: PrismaTx, gtin: string): Promise<void> {
    if (!(await this.store.hasPacks(tx, gtin))) return;
    const message = `Packs of ${gtin} are commissioned, so its pack size stays; another size takes another GTIN.`;
    throw new PartnerRefusedError('PRODUCT_IN_USE', message, { gtin });
  }
}

/** What was given in place of what is there; null where it is emptied. */
const changed = <T>(given: T | null | undefined, is: T | null): T | null => (given === undefined ? is : given);

function changedSite(site: Site, input: SiteChangeInput): SiteChange {
  return {
    name: requiredText('name', changed(input.name, site.name) ?? ''),
    address: optionalText('address', changed(input.address, site.address)),
    ...coordinates(changed(input.latitude, site.latitude), changed(input.longitude, site.longitude)),
  };
}

function changedProduct(product: Product, input: ProductChangeInput): ProductChange {
  const required = (field: 'name' | 'form' | 'strength') =>
    requiredText(field, changed(input[field], product[field]) ?? '');
  const optional = (field: 'commonName' | 'storageConditions') =>
    optionalText(field, changed(input[field], product[field]));
  return {
    name: required('name'),
    commonName: optional('commonName'),
    form: required('form'),
    strength: required('strength'),
    packSize: packSize(changed(input.packSize, product.packSize) ?? 0),
    storageConditions: optional('storageConditions'),
    ...temperatures(changed(input.minCelsius, product.minCelsius), changed(input.maxCelsius, product.maxCelsius)),
  };
}
