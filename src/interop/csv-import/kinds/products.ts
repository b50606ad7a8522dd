import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { prefixOwnsGtin } from '../../../domain/gs1/company-prefix.js';
import { parseGtin } from '../../../domain/gs1/gtin.js';
import type { PrismaTx } from '../../../platform/database/prisma.js';
import { BulkStore } from '../../../partners/bulk.store.js';
import { country, optionalText, packSize, requiredText, temperatures } from '../../../partners/fields.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { PartnersStore, type ProductChange } from '../../../partners/partners.store.js';
import type { Product } from '../../../partners/records.js';
import { type CheckedRow, type Column, type ImportKind, type Outcome, refusedRow } from '../import-kind.js';
import type { RowReader } from '../row-reader.js';
import { changedFields } from './fields.js';

const COLUMNS: readonly Column[] = [
  {
    name: 'gtin',
    required: true,
    expected: 'a GTIN of 8, 12, 13 or 14 digits under an own company prefix, check digit right',
    example: '09521001000018',
  },
  { name: 'name', required: true, expected: 'the name on the pack, 1 to 200 characters', example: 'Kilimol 500' },
  { name: 'commonName', required: false, expected: 'the INN, at most 200 characters', example: 'paracetamol' },
  { name: 'form', required: true, expected: 'the dosage form, 1 to 200 characters', example: 'tablet' },
  { name: 'strength', required: true, expected: 'the strength of a unit, 1 to 200 characters', example: '500 mg' },
  { name: 'packSize', required: true, expected: 'a whole number from 1', example: '20' },
  { name: 'market', required: true, expected: 'two letters of ISO 3166-1', example: 'KE' },
  { name: 'storageConditions', required: false, expected: 'at most 200 characters', example: 'Keep dry' },
  {
    name: 'minCelsius',
    required: false,
    expected: 'a number from -273.15 to 200, not above maxCelsius',
    example: '2',
  },
  { name: 'maxCelsius', required: false, expected: 'a number from -273.15 to 200', example: '25' },
];
const CHANGEABLE = [
  'name',
  'commonName',
  'form',
  'strength',
  'packSize',
  'storageConditions',
  'minCelsius',
  'maxCelsius',
] as const;
const OPTIONAL = ['commonName', 'storageConditions', 'minCelsius', 'maxCelsius'] as const;

type Given = Product & { readonly absent: readonly (typeof OPTIONAL)[number][] };

/** Products under an own company prefix. */
@Injectable()
export class ProductsImport implements ImportKind<Given> {
  readonly name = 'products';
  readonly columns = COLUMNS;
  readonly open = false;

  constructor(
    @Inject(BulkStore) private readonly bulk: BulkStore,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  read(row: RowReader, { organisationId }: Actor): CheckedRow<Given> | undefined {
    const gtin = row.take('gtin', parseGtin);
    const prefixes = this.directory.organisation(organisationId)?.prefixes ?? [];
    if (gtin !== undefined && !prefixes.some((prefix) => prefixOwnsGtin(prefix, gtin))) {
      row.refuse('gtin', 'GTIN_NOT_OWNED');
    }
    const text = (name: 'name' | 'form' | 'strength') => row.take(name, (given) => requiredText(name, given)) ?? '';
    const words = (name: 'commonName' | 'storageConditions') =>
      row.take(name, (given) => optionalText(name, given)) ?? null;
    const value = {
      gtin: gtin ?? '',
      organisationId,
      name: text('name'),
      commonName: words('commonName'),
      form: text('form'),
      strength: text('strength'),
      packSize: row.take('packSize', (given) => packSize(/^\d{1,9}$/.test(given) ? Number(given) : NaN)) ?? 0,
      market: row.take('market', (given) => country('market', given)) ?? '',
      storageConditions: words('storageConditions'),
      ...celsius(row),
    };
    if (row.problems.length > 0) return undefined;
    return { key: value.gtin, value: { ...value, absent: OPTIONAL.filter((name) => !row.has(name)) } };
  }

  async apply(
    rows: readonly CheckedRow<Given>[],
    { organisationId }: Actor,
    { write }: { readonly write: (refused: number) => boolean },
  ): Promise<Outcome[]> {
    const outcomes = await this.bulk.transaction(async (tx) => {
      const there = await this.bulk.lockProducts(
        tx,
        rows.map(({ key }) => key),
      );
      const known = new Map(there.map((product) => [product.gtin, product]));
      const plans: { row: Product; outcome: Outcome }[] = [];
      for (const { key, value } of rows) plans.push(await this.plan(tx, known.get(key), value, organisationId));
      const refused = plans.filter(({ outcome }) => outcome.outcome === 'refused').length;
      if (write(refused)) {
        const created = plans.filter(({ outcome }) => outcome.outcome === 'created').map(({ row }) => row);
        await this.bulk.insertProducts(tx, created);
        for (const { row, outcome } of plans) {
          if (outcome.outcome === 'changed') await this.store.updateProduct(tx, row.gtin, changeable(row));
        }
      }
      return plans.map(({ outcome }) => outcome);
    });
    for (const [at, { key }] of rows.entries()) {
      if (outcomes[at]!.outcome === 'created' || outcomes[at]!.outcome === 'changed') {
        await this.directory.refreshProduct(key);
      }
    }
    return outcomes;
  }

  private async plan(
    tx: PrismaTx,
    before: Product | undefined,
    { absent, ...given }: Given,
    organisationId: number,
  ): Promise<{ row: Product; outcome: Outcome }> {
    if (before === undefined) return { row: given, outcome: { outcome: 'created' } };
    const kept = Object.fromEntries(absent.map((name) => [name, before[name]]));
    const row: Product = { ...given, ...kept };
    const refuse = (column: string, code: string, expected: string, got: string) => ({
      row,
      outcome: refusedRow(column, code, expected, got),
    });
    if (before.organisationId !== organisationId) {
      return refuse('gtin', 'GTIN_TAKEN', 'a GTIN that nobody else registered', row.gtin);
    }
    if (before.market !== row.market) return refuse('market', 'FIELD_FIXED', before.market, row.market);
    const fields = changedFields(before, row, CHANGEABLE);
    if (fields.length === 0) return { row, outcome: { outcome: 'unchanged' } };
    if (fields.includes('packSize') && (await this.store.hasPacks(tx, row.gtin))) {
      return refuse('packSize', 'PRODUCT_IN_USE', String(before.packSize), String(row.packSize));
    }
    return { row, outcome: { outcome: 'changed', fields } };
  }
}

function celsius(row: RowReader): { minCelsius: number | null; maxCelsius: number | null } {
  const [min, max] = [row.number('minCelsius'), row.number('maxCelsius')];
  const hundredths = (value: number | null | undefined) => (value == null ? null : Math.round(value * 100) / 100);
  const checked = row.take('minCelsius', () => temperatures(hundredths(min), hundredths(max)));
  return checked ?? { minCelsius: null, maxCelsius: null };
}

const changeable = (product: Product): ProductChange =>
  Object.fromEntries(CHANGEABLE.map((name) => [name, product[name]])) as unknown as ProductChange;
