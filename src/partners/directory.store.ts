import { Inject, Injectable } from '@nestjs/common';
import { Database, type Row } from '../platform/database/database.js';
import type { Organisation, Product, Site } from './records.js';

const organisations = `
  select o.id, o.gln, o.name, o.role, o.country,
    coalesce((select array_agg(p.prefix order by p.prefix) from company_prefix p where p.organisation_id = o.id), '{}') as prefixes
  from organisation o`;

const sites = `
  select s.id, s.organisation_id as "organisationId", s.gln, s.name, s.address, s.country, s.latitude, s.longitude
  from site s`;

const products = `
  select lpad(p.gtin::text, 14, '0') as gtin, p.organisation_id as "organisationId", p.name, p.common_name as "commonName",
    p.form, p.strength, p.pack_size as "packSize", p.market, p.storage_conditions as "storageConditions",
    p.min_celsius::float8 as "minCelsius", p.max_celsius::float8 as "maxCelsius"
  from product p`;

/** The columns of organisations, sites and products, in the shape of `records.ts`; the tables are o, s and p. */
export const partnerColumns = { organisations, sites, products } as const;

type Stored<T> = T & Row;

/** Reference rows by key, each with one statement; rows come frozen, because many readers share them. */
@Injectable()
export class DirectoryStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  organisations = () => this.rows<Organisation>('directory_organisations', organisations);
  sites = () => this.rows<Site>('directory_sites', sites);
  products = () => this.rows<Product>('directory_products', products);

  organisationsByIds = (ids: readonly number[]) =>
    this.rows<Organisation>('directory_organisations_some', `${organisations} where o.id = any($1)`, [ids]);
  organisationById = (id: number) =>
    this.row<Organisation>('directory_organisation', `${organisations} where o.id = $1`, id);
  organisationByGln = (gln: string) =>
    this.row<Organisation>('directory_organisation_gln', `${organisations} where o.gln = $1`, gln);
  siteById = (id: number) => this.row<Site>('directory_site', `${sites} where s.id = $1`, id);
  siteByGln = (gln: string) => this.row<Site>('directory_site_gln', `${sites} where s.gln = $1`, gln);
  productByGtin = (gtin: string) =>
    this.row<Product>('directory_product', `${products} where p.gtin = $1::bigint`, gtin);

  /** The organisation that owns the company prefix with which `digits` begins. */
  ownerOfPrefix = (digits: string) =>
    this.row<Organisation>(
      'directory_prefix_owner',
      `${organisations} join company_prefix c on c.organisation_id = o.id where c.prefix = any($1)`,
      prefixesOf(digits),
    );

  private async rows<T extends object>(name: string, text: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.database.query<Stored<T>>(name, text, values)).map(freeze);
  }

  private async row<T extends object>(name: string, text: string, key: unknown): Promise<T | undefined> {
    const [row] = await this.database.query<Stored<T>>(name, text, [key]);
    return row === undefined ? undefined : freeze(row);
  }
}

/** Every company prefix (4 to 12 digits, GS1 GenSpecs 1.4.4) with which `digits` could begin, longest first. */
export function prefixesOf(digits: string): string[] {
  const prefixes: string[] = [];
  for (let length = Math.min(12, digits.length); length >= 4; length--) prefixes.push(digits.slice(0, length));
  return prefixes;
}

function freeze<T extends object>(row: T): T {
  for (const value of Object.values(row)) if (Array.isArray(value)) Object.freeze(value);
  return Object.freeze(row);
}
