import { Inject, Injectable } from '@nestjs/common';
import { type OrganisationRole, organisationRoles } from '../../../access/actor.js';
import { DomainError } from '../../../domain/errors.js';
import { parseCompanyPrefix } from '../../../domain/gs1/company-prefix.js';
import { parseGln } from '../../../domain/gs1/gln.js';
import type { PrismaTx } from '../../../platform/database/prisma.js';
import { BulkStore } from '../../../partners/bulk.store.js';
import { country, requiredText } from '../../../partners/fields.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { PartnersStore } from '../../../partners/partners.store.js';
import type { Organisation } from '../../../partners/records.js';
import { type CheckedRow, type Column, type ImportKind, type Outcome, refusedRow } from '../import-kind.js';
import type { RowReader } from '../row-reader.js';
import { changedFields } from './fields.js';

const COLUMNS: readonly Column[] = [
  { name: 'gln', required: true, expected: 'a GLN of 13 digits, check digit right', example: '9521001000000' },
  { name: 'name', required: true, expected: '1 to 200 characters', example: 'Kilimani Pharmaceuticals' },
  { name: 'role', required: true, expected: `one of ${organisationRoles.join(', ')}`, example: 'manufacturer' },
  { name: 'country', required: true, expected: 'two letters of ISO 3166-1', example: 'KE' },
  {
    name: 'companyPrefixes',
    required: false,
    expected: 'company prefixes of 4 to 12 digits, spaces between them, that overlap no other',
    example: '9521001 9521009',
  },
];

type Given = Omit<Organisation, 'id'>;
type Plan = { readonly row: Given; readonly newPrefixes: readonly string[]; readonly outcome: Outcome };

/** Organisations and the company prefixes that they own. Prefixes are added, never taken away. */
@Injectable()
export class OrganisationsImport implements ImportKind<Given> {
  readonly name = 'organisations';
  readonly columns = COLUMNS;
  readonly open = false;

  constructor(
    @Inject(BulkStore) private readonly bulk: BulkStore,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  read(row: RowReader): CheckedRow<Given> | undefined {
    const value = {
      gln: row.take('gln', parseGln) ?? '',
      name: row.take('name', (given) => requiredText('name', given)) ?? '',
      role: row.take('role', roleOf) ?? 'auditor',
      country: row.take('country', (given) => country('country', given)) ?? '',
      prefixes: row.take('companyPrefixes', prefixesIn) ?? [],
    };
    return row.problems.length > 0 ? undefined : { key: value.gln, value };
  }

  async apply(
    rows: readonly CheckedRow<Given>[],
    _actor: unknown,
    { write }: { readonly write: (refused: number) => boolean },
  ): Promise<Outcome[]> {
    const { outcomes, ids } = await this.bulk.transaction(async (tx) => {
      const there = await this.bulk.lockOrganisations(
        tx,
        rows.map(({ key }) => key),
      );
      const known = new Map(there.map((organisation) => [organisation.gln, organisation]));
      const taken = new Map<string, string>();
      const plans = rows.map(({ key, value }) => this.plan(known.get(key), value, taken));
      const refused = plans.filter(({ outcome }) => outcome.outcome === 'refused').length;
      const written = write(refused) ? await this.writeAll(tx, plans, known) : [];
      return { outcomes: plans.map(({ outcome }) => outcome), ids: written };
    });
    for (const id of ids) await this.directory.refreshOrganisation(id);
    return outcomes;
  }

  private plan(before: Organisation | undefined, row: Given, taken: Map<string, string>): Plan {
    const newPrefixes = row.prefixes.filter((prefix) => before?.prefixes.includes(prefix) !== true);
    const overlapping = newPrefixes.find((prefix) => this.overlaps(prefix, taken, row.gln));
    if (overlapping !== undefined) {
      const outcome = refusedRow(
        'companyPrefixes',
        'COMPANY_PREFIX_OVERLAPS',
        'company prefixes that overlap no other',
        overlapping,
      );
      return { row, newPrefixes, outcome };
    }
    for (const prefix of newPrefixes) taken.set(prefix, row.gln);
    if (before === undefined) return { row, newPrefixes, outcome: { outcome: 'created' } };
    if (before.role !== row.role) {
      return { row, newPrefixes, outcome: refusedRow('role', 'FIELD_FIXED', before.role, row.role) };
    }
    const fields: string[] = changedFields<Given>(before, row, ['name', 'country']);
    if (newPrefixes.length > 0) fields.push('companyPrefixes');
    return {
      row,
      newPrefixes,
      outcome: fields.length === 0 ? { outcome: 'unchanged' } : { outcome: 'changed', fields },
    };
  }

  /** True where one of the two begins the other, registered or in the same file. */
  private overlaps(prefix: string, taken: ReadonlyMap<string, string>, gln: string): boolean {
    if (this.directory.prefixOverlaps(prefix)) return true;
    for (const other of taken.keys()) {
      if ((other.startsWith(prefix) || prefix.startsWith(other)) && !(other === prefix && taken.get(other) === gln)) {
        return true;
      }
    }
    return false;
  }

  private async writeAll(
    tx: PrismaTx,
    plans: readonly Plan[],
    known: ReadonlyMap<string, Organisation>,
  ): Promise<number[]> {
    const ids: number[] = [];
    for (const { row, newPrefixes, outcome } of plans) {
      if (outcome.outcome !== 'created' && outcome.outcome !== 'changed') continue;
      const id = known.get(row.gln)?.id ?? (await this.bulk.insertOrganisation(tx, row));
      if (outcome.outcome === 'changed') {
        await this.bulk.updateOrganisation(tx, id, { name: row.name, country: row.country });
      }
      for (const prefix of newPrefixes) await this.store.insertPrefix(tx, id, prefix);
      ids.push(id);
    }
    return ids;
  }
}

function roleOf(given: string): OrganisationRole {
  const role = organisationRoles.find((each) => each === given.toLowerCase());
  if (role !== undefined) return role;
  throw new DomainError('ROLE_INVALID', 'Not a role.');
}

const prefixesIn = (given: string): string[] =>
  [...new Set(given.split(/[\s|]+/).filter((each) => each !== ''))].map(parseCompanyPrefix).sort();
