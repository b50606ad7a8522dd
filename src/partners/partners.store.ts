import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationRole } from '../access/actor.js';
import { Database, type Queryable, type Row, type Tx } from '../platform/database/database.js';
import { isUniqueViolation, sqlState } from '../platform/database/errors.js';
import { partnerColumns } from './directory.store.js';
import { PartnerRefusedError } from './errors.js';
import type { Organisation, Product, Site } from './records.js';

export type NewOrganisation = Omit<Organisation, 'id' | 'prefixes'>;
export type NewSite = Omit<Site, 'id'>;

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
  constructor(@Inject(Database) private readonly database: Database) {}

  transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => this.database.transaction(work);

  /** Whoever fills an empty installation does so alone. */
  async lockSetup(tx: Tx): Promise<void> {
    await tx.query('setup_lock', `select pg_advisory_xact_lock(hashtext('halisi.setup'))`);
  }

  async hasOrganisation(tx: Queryable = this.database): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>(
      'organisation_any',
      'select exists (select from organisation) as found',
    );
    return row!.found;
  }

  async insertOrganisation(tx: Queryable, { gln, name, role, country }: NewOrganisation): Promise<number> {
    const text = 'insert into organisation (gln, name, role, country) values ($1, $2, $3, $4) returning id';
    const insert = tx.query<{ id: number }>('organisation_insert', text, [gln, name, role, country]);
    const [row] = await insert.catch(refuseTaken('GLN_TAKEN', 'GLN', gln));
    return row!.id;
  }

  async insertPrefix(tx: Queryable, organisationId: number, prefix: string): Promise<void> {
    const text = 'insert into company_prefix (prefix, organisation_id) values ($1, $2)';
    await tx.execute('company_prefix_insert', text, [prefix, organisationId]).catch((error: unknown) => {
      if (sqlState(error) !== PREFIX_OVERLAPS && !isUniqueViolation(error)) throw error;
      throw new PartnerRefusedError(
        'COMPANY_PREFIX_OVERLAPS',
        `Company prefix ${prefix} overlaps one that is registered: no prefix may begin another.`,
        { prefix },
      );
    });
  }

  async insertSite(tx: Queryable, site: NewSite): Promise<number> {
    const insert = tx.query<{ id: number }>(
      'site_insert',
      `insert into site (organisation_id, gln, name, address, country, latitude, longitude)
       values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      [site.organisationId, site.gln, site.name, site.address, site.country, site.latitude, site.longitude],
    );
    const [row] = await insert.catch(refuseTaken('GLN_TAKEN', 'GLN', site.gln));
    return row!.id;
  }

  /** The product and its sequence of serial numbers, under its own random key. */
  async insertProduct(tx: Queryable, product: Product, serialKey: Uint8Array): Promise<void> {
    const { gtin, organisationId, name, commonName, form, strength, packSize, market } = product;
    const { storageConditions, minCelsius, maxCelsius } = product;
    const values = [gtin, organisationId, name, commonName, form, strength, packSize, market];
    await tx
      .execute(
        'product_insert',
        `insert into product (gtin, organisation_id, name, common_name, form, strength, pack_size, market,
           storage_conditions, min_celsius, max_celsius)
         values ($1::bigint, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [...values, storageConditions, minCelsius, maxCelsius],
      )
      .catch(refuseTaken('GTIN_TAKEN', 'GTIN', gtin));
    await tx.execute('serial_sequence_insert', 'insert into serial_sequence (gtin, key) values ($1::bigint, $2)', [
      gtin,
      Buffer.from(serialKey),
    ]);
  }

  organisations(slice: Slice, role?: OrganisationRole | null, country?: string | null): Promise<Organisation[]> {
    return this.database.query<Organisation & Row>(
      'organisations_page',
      `${partnerColumns.organisations}
       where ($1::text is null or o.gln > $1) and ($3::text is null or o.role = $3) and ($4::text is null or o.country = $4)
       order by o.gln limit $2`,
      [slice.after ?? null, slice.limit, role ?? null, country ?? null],
    );
  }

  sites(slice: Slice, organisationId?: number | null): Promise<Site[]> {
    return this.database.query<Site & Row>(
      'sites_page',
      `${partnerColumns.sites}
       where ($1::text is null or s.gln > $1) and ($3::int is null or s.organisation_id = $3)
       order by s.gln limit $2`,
      [slice.after ?? null, slice.limit, organisationId ?? null],
    );
  }

  products(slice: Slice<number>, organisationId?: number | null, name?: string | null): Promise<Product[]> {
    return this.database.query<Product & Row>(
      'products_page',
      `${partnerColumns.products}
       where ($1::bigint is null or p.gtin > $1::bigint) and ($3::int is null or p.organisation_id = $3)
         and ($4::text is null or strpos(lower(p.name), lower($4)) > 0 or strpos(lower(p.common_name), lower($4)) > 0)
       order by p.gtin limit $2`,
      [slice.after ?? null, slice.limit, organisationId ?? null, name ?? null],
    );
  }
}

function refuseTaken(code: 'GLN_TAKEN' | 'GTIN_TAKEN', what: string, key: string) {
  return (error: unknown): never => {
    if (!isUniqueViolation(error)) throw error;
    throw new PartnerRefusedError(code, `${what} ${key} is registered already.`, { key });
  };
}
