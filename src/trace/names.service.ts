import { Injectable } from '@nestjs/common';
import { THE_PUBLIC } from '../domain/custody/act.js';
import { parseEpc } from '../domain/gs1/epc.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import type { Organisation, Product, Site } from '../partners/records.js';

/** Partners and products by the numbers under which rows name them: from memory, so a list costs no statement. */
@Injectable()
export class Names {
  constructor(private readonly directory: PartnersDirectory) {}

  async organisation(id: number): Promise<Organisation> {
    const found = this.directory.organisation(id) ?? (await this.directory.findOrganisation(id));
    if (!found) throw new Error(`Organisation ${id} is referred to and does not exist.`);
    return found;
  }

  async site(id: number): Promise<Site> {
    const found = this.directory.site(id) ?? (await this.directory.findSite(id));
    if (!found) throw new Error(`Site ${id} is referred to and does not exist.`);
    return found;
  }

  /** The site that a read point or business location names; null where it names none that is registered. */
  async siteAt(place: string | null): Promise<Site | null> {
    const epc = place === null ? undefined : parseEpc(place);
    return epc?.kind === 'sgln' ? ((await this.directory.findSiteByGln(epc.gln)) ?? null) : null;
  }

  async product(gtin: string): Promise<Product | null> {
    return this.directory.product(gtin) ?? (await this.directory.findProduct(gtin)) ?? null;
  }

  /** Null for nobody, and for somebody of the public. */
  organisationOrNull = (id: number | null): Promise<Organisation | null> =>
    id === null || id === THE_PUBLIC ? Promise.resolve(null) : this.organisation(id);
  siteOrNull = (id: number | null): Promise<Site | null> => (id === null ? Promise.resolve(null) : this.site(id));
}
