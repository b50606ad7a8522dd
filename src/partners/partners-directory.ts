import { Inject, Injectable } from '@nestjs/common';
import { CachedTable } from './cached-table.js';
import { DirectoryStore, prefixesOf } from './directory.store.js';
import type { Organisation, Product, Site } from './records.js';

/** What the directory asks of its store. */
export type DirectoryReader = Pick<DirectoryStore, keyof DirectoryStore>;

/**
 * Partners and products in memory, for paths that cannot wait for a query. Everything is loaded at start; a change made
 * by any process arrives within milliseconds through `halisi_partners` notifications. The plain getters answer at once
 * and may not know what was registered a moment ago; each `find…` asks the database for what is not cached.
 */
@Injectable()
export class PartnersDirectory {
  private readonly organisationsByGln = new Map<string, Organisation>();
  private readonly ownersByPrefix = new Map<string, Organisation>();
  private readonly sitesByGln = new Map<string, Site>();
  private readonly sitesByOrganisation = new Map<number, Map<number, Site>>();
  private readonly organisations: CachedTable<number, Organisation>;
  private readonly sites: CachedTable<number, Site>;
  private readonly products: CachedTable<string, Product>;

  constructor(@Inject(DirectoryStore) private readonly store: DirectoryReader) {
    this.organisations = new CachedTable(store.organisationById, (before, after) =>
      this.indexOrganisation(before, after),
    );
    this.sites = new CachedTable(store.siteById, (before, after) => this.indexSite(before, after));
    this.products = new CachedTable(store.productByGtin);
  }

  organisation = (id: number): Organisation | undefined => this.organisations.get(id);
  organisationByGln = (gln: string): Organisation | undefined => this.organisationsByGln.get(gln);
  site = (id: number): Site | undefined => this.sites.get(id);
  siteByGln = (gln: string): Site | undefined => this.sitesByGln.get(gln);
  /** The sites of an organisation, in no order. */
  sitesOf = (organisationId: number): readonly Site[] => [
    ...(this.sitesByOrganisation.get(organisationId)?.values() ?? []),
  ];
  /** `gtin` has 14 digits. */
  product = (gtin: string): Product | undefined => this.products.get(gtin);

  /** The owner of the company prefix with which `digits` begins: a GLN as it is, a GTIN-14 or SSCC from its second digit. */
  ownerOfPrefix(digits: string): Organisation | undefined {
    for (const prefix of prefixesOf(digits)) {
      const owner = this.ownersByPrefix.get(prefix);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  /** True where a registered company prefix begins `prefix`, or begins with it. */
  prefixOverlaps(prefix: string): boolean {
    if (this.ownerOfPrefix(prefix) !== undefined) return true;
    for (const other of this.ownersByPrefix.keys()) if (other.startsWith(prefix)) return true;
    return false;
  }

  /** The organisation under whose prefix a GTIN-14 was allocated. A GTIN-8 has none. */
  ownerOfGtin = (gtin: string): Organisation | undefined =>
    gtin.startsWith('000000') ? undefined : this.ownerOfPrefix(gtin.slice(1));
  /** The organisation under whose prefix an 18-digit SSCC was allocated. */
  ownerOfSscc = (sscc: string): Organisation | undefined => this.ownerOfPrefix(sscc.slice(1));

  findOrganisation = (id: number): Promise<Organisation | undefined> => this.organisations.find(id);
  findSite = (id: number): Promise<Site | undefined> => this.sites.find(id);
  findProduct = (gtin: string): Promise<Product | undefined> => this.products.find(gtin);

  /** One answer an id, in order; what is not cached is read with one statement. */
  async findOrganisations(ids: readonly number[]): Promise<(Organisation | undefined)[]> {
    const missing = ids.filter((id) => this.organisation(id) === undefined);
    if (missing.length > 0)
      for (const each of await this.store.organisationsByIds(missing)) this.organisations.set(each.id, each);
    return ids.map((id) => this.organisation(id));
  }

  async findOrganisationByGln(gln: string): Promise<Organisation | undefined> {
    return this.organisationByGln(gln) ?? this.known(this.organisations, await this.store.organisationByGln(gln));
  }

  async findSiteByGln(gln: string): Promise<Site | undefined> {
    return this.siteByGln(gln) ?? this.known(this.sites, await this.store.siteByGln(gln));
  }

  async findOwnerOfPrefix(digits: string): Promise<Organisation | undefined> {
    return this.ownerOfPrefix(digits) ?? this.known(this.organisations, await this.store.ownerOfPrefix(digits));
  }

  findOwnerOfGtin = async (gtin: string): Promise<Organisation | undefined> =>
    gtin.startsWith('000000') ? undefined : this.findOwnerOfPrefix(gtin.slice(1));

  /** Reads one row again; whoever changes it calls this after the commit, to see the own change at once. */
  refreshOrganisation = (id: number): Promise<Organisation | undefined> => this.organisations.refresh(id);
  refreshSite = (id: number): Promise<Site | undefined> => this.sites.refresh(id);
  refreshProduct = (gtin: string): Promise<Product | undefined> => this.products.refresh(gtin);

  /** Reads everything again: at start, and after notifications may have been missed. */
  async load(): Promise<void> {
    const [organisations, sites, products] = await Promise.all([
      this.store.organisations(),
      this.store.sites(),
      this.store.products(),
    ]);
    this.organisations.replace(organisations.map((each) => [each.id, each] as const));
    this.sites.replace(sites.map((each) => [each.id, each] as const));
    this.products.replace(products.map((each) => [each.gtin, each] as const));
  }

  /** Takes a `halisi_partners` notification: the table, a colon, the key of the row or of the organisation it belongs to. */
  async onChange(payload: string): Promise<void> {
    const [table, key = ''] = payload.split(':');
    if (table === 'organisation' || table === 'company_prefix') await this.refreshOrganisation(Number(key));
    else if (table === 'site') await this.refreshSite(Number(key));
    else if (table === 'product') await this.refreshProduct(key.padStart(14, '0'));
  }

  private known<Row extends { readonly id: number }>(table: CachedTable<number, Row>, row: Row | undefined) {
    if (row === undefined) return undefined;
    return table.find(row.id);
  }

  private indexOrganisation(before: Organisation | undefined, after: Organisation | undefined): void {
    if (before !== undefined) {
      forget(this.organisationsByGln, before.gln, before);
      for (const prefix of before.prefixes) forget(this.ownersByPrefix, prefix, before);
    }
    if (after === undefined) return;
    this.organisationsByGln.set(after.gln, after);
    for (const prefix of after.prefixes) this.ownersByPrefix.set(prefix, after);
  }

  private indexSite(before: Site | undefined, after: Site | undefined): void {
    if (before !== undefined) {
      forget(this.sitesByGln, before.gln, before);
      this.sitesByOrganisation.get(before.organisationId)?.delete(before.id);
    }
    if (after === undefined) return;
    this.sitesByGln.set(after.gln, after);
    const own = this.sitesByOrganisation.get(after.organisationId);
    if (own === undefined) this.sitesByOrganisation.set(after.organisationId, new Map([[after.id, after]]));
    else own.set(after.id, after);
  }
}

/** A key that has gone to another row in the meantime stays with that row. */
function forget<Key, Row>(index: Map<Key, Row>, key: Key, row: Row): void {
  if (index.get(key) === row) index.delete(key);
}
