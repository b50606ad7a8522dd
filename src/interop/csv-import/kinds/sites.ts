import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { parseGln } from '../../../domain/gs1/gln.js';
import { BulkStore } from '../../../partners/bulk.store.js';
import { coordinates, country, optionalText, requiredText } from '../../../partners/fields.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { type NewSite, PartnersStore } from '../../../partners/partners.store.js';
import type { Site } from '../../../partners/records.js';
import { type CheckedRow, type Column, type ImportKind, type Outcome, refusedRow } from '../import-kind.js';
import type { RowReader } from '../row-reader.js';
import { changedFields } from './fields.js';

const COLUMNS: readonly Column[] = [
  { name: 'gln', required: true, expected: 'a GLN of 13 digits, check digit right', example: '9521001001014' },
  { name: 'name', required: true, expected: '1 to 200 characters', example: 'Nairobi warehouse' },
  { name: 'country', required: true, expected: 'two letters of ISO 3166-1', example: 'KE' },
  { name: 'address', required: false, expected: 'at most 200 characters', example: 'Mombasa Road 12, Nairobi' },
  { name: 'latitude', required: false, expected: 'a number from -90 to 90, with a longitude', example: '-1.3032' },
  { name: 'longitude', required: false, expected: 'a number from -180 to 180', example: '36.8261' },
];
const CHANGEABLE = ['name', 'address', 'latitude', 'longitude'] as const;
const OPTIONAL = ['address', 'latitude', 'longitude'] as const;

type Given = NewSite & { readonly absent: readonly (typeof OPTIONAL)[number][] };

/** Sites of one's own organisation. */
@Injectable()
export class SitesImport implements ImportKind<Given> {
  readonly name = 'sites';
  readonly columns = COLUMNS;
  readonly open = false;

  constructor(
    @Inject(BulkStore) private readonly bulk: BulkStore,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  read(row: RowReader, { organisationId }: Actor): CheckedRow<Given> | undefined {
    const [latitude, longitude] = [row.number('latitude'), row.number('longitude')];
    const place = row.take('latitude', () => coordinates(latitude, longitude));
    const value = {
      organisationId,
      gln: row.take('gln', parseGln) ?? '',
      name: row.take('name', (given) => requiredText('name', given)) ?? '',
      country: row.take('country', (given) => country('country', given)) ?? '',
      address: row.take('address', (given) => optionalText('address', given)) ?? null,
      latitude: place?.latitude ?? null,
      longitude: place?.longitude ?? null,
    };
    if (row.problems.length > 0) return undefined;
    return { key: value.gln, value: { ...value, absent: OPTIONAL.filter((name) => !row.has(name)) } };
  }

  async apply(
    rows: readonly CheckedRow<Given>[],
    { organisationId }: Actor,
    { write }: { readonly write: (refused: number) => boolean },
  ): Promise<Outcome[]> {
    const { outcomes, glns } = await this.bulk.transaction(async (tx) => {
      const there = await this.bulk.lockSites(
        tx,
        rows.map(({ key }) => key),
      );
      const known = new Map(there.map((site) => [site.gln, site]));
      const plans = rows.map(({ key, value }) => plan(known.get(key), value, organisationId));
      const of = (wanted: Outcome['outcome']) => plans.filter(({ outcome }) => outcome.outcome === wanted);
      const [created, changed] = [of('created'), of('changed')];
      if (!write(of('refused').length)) return { outcomes: plans.map(({ outcome }) => outcome), glns: [] };
      await this.bulk.insertSites(
        tx,
        created.map(({ row }) => row),
      );
      for (const { row } of changed) {
        const { name, address, latitude, longitude } = row;
        await this.store.updateSite(tx, known.get(row.gln)!.id, { name, address, latitude, longitude });
      }
      return {
        outcomes: plans.map(({ outcome }) => outcome),
        glns: [...created, ...changed].map(({ row }) => row.gln),
      };
    });
    for (const gln of glns) {
      const site = await this.directory.findSiteByGln(gln);
      if (site !== undefined) await this.directory.refreshSite(site.id);
    }
    return outcomes;
  }
}

function plan(
  before: Site | undefined,
  { absent, ...given }: Given,
  organisationId: number,
): { row: NewSite; outcome: Outcome } {
  if (before === undefined) return { row: given, outcome: { outcome: 'created' } };
  const row: NewSite = { ...given, ...Object.fromEntries(absent.map((name) => [name, before[name]])) };
  if (before.organisationId !== organisationId) {
    return { row, outcome: refusedRow('gln', 'GLN_TAKEN', 'a GLN that nobody else registered', row.gln) };
  }
  if (before.country !== row.country) {
    return { row, outcome: refusedRow('country', 'FIELD_FIXED', before.country, row.country) };
  }
  const fields = changedFields<NewSite>(before, row, CHANGEABLE);
  return { row, outcome: fields.length === 0 ? { outcome: 'unchanged' } : { outcome: 'changed', fields } };
}
