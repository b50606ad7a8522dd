import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/database/database.js';
import type { Attributes, NewStatement } from './statement.js';

/** What was said of one thing, by whom and when. */
export interface Statement extends NewStatement {
  readonly sender: string | null;
  readonly job: string | null;
  readonly capturedAt: Date;
  readonly replacedAt: Date | null;
}

type StatementRow = Omit<Statement, 'attributes' | 'sender'> & {
  readonly attributes: string;
  readonly sender: string;
  readonly [column: string]: unknown;
};

const COLUMNS = `vocabulary, canonical, received, attributes, children, sender, job, captured_at as "capturedAt",
  replaced_at as "replacedAt"`;
const GIVEN = `unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  as given (vocabulary, canonical, received, attributes, children)`;
const BATCH = 1000;
const MOST_HISTORY = 200;

/** Statements of master data, each in the view of the organisation that took it in. */
@Injectable()
export class MasterDataStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * Keeps what differs from what the same sender last said; what it said before stays as history. Of more than `most`
   * things of one organisation those that are new are left out. Answers what was kept, and what there was no room for.
   */
  add(
    organisationId: number,
    source: { readonly sender: string; readonly job: string | null },
    statements: readonly NewStatement[],
    most: number,
  ): Promise<{ kept: number; noRoom: NewStatement[] }> {
    return this.database.transaction(async (tx) => {
      await tx.query('master_data_lock', `select pg_advisory_xact_lock(hashtext('halisi.master_data'), $1)`, [
        organisationId,
      ]);
      const changed: (NewStatement & { known: boolean })[] = [];
      for (let at = 0; at < statements.length; at += BATCH) {
        changed.push(...(await this.changed(tx, organisationId, source.sender, statements.slice(at, at + BATCH))));
      }
      if (changed.length === 0) return { kept: 0, noRoom: [] };
      const [{ count } = { count: 0 }] = await tx.query<{ count: number }>(
        'master_data_count',
        'select count(*) from master_data where organisation_id = $1 and replaced_at is null',
        [organisationId],
      );
      let room = most - count;
      const fits: NewStatement[] = [];
      const noRoom: NewStatement[] = [];
      for (const each of changed) (each.known || room-- > 0 ? fits : noRoom).push(each);
      for (let at = 0; at < fits.length; at += BATCH) {
        await this.replace(tx, organisationId, source, fits.slice(at, at + BATCH));
      }
      await tx.query('master_data_notify', `select pg_notify('halisi_master_data', $1::text)`, [organisationId]);
      return { kept: fits.length, noRoom };
    });
  }

  private async changed(tx: Tx, organisationId: number, sender: string, statements: readonly NewStatement[]) {
    const rows = await tx.query<{ nth: number; known: boolean }>(
      'master_data_changed',
      `select nth::int, m.id is not null as known
       from unnest($3::text[], $4::text[], $5::text[], $6::text[])
         with ordinality as given (vocabulary, canonical, attributes, children, nth)
       left join master_data m on m.organisation_id = $1 and m.canonical = given.canonical
         and m.vocabulary = given.vocabulary and m.sender = $2 and m.replaced_at is null
       where m.id is null or m.attributes <> given.attributes or m.children <> given.children::text[]
       order by nth`,
      [organisationId, sender, ...columns(statements, 'vocabulary', 'canonical', 'attributes', 'children')],
    );
    return rows.map(({ nth, known }) => ({ ...statements[nth - 1]!, known }));
  }

  private async replace(
    tx: Tx,
    organisationId: number,
    { sender, job }: { readonly sender: string; readonly job: string | null },
    statements: readonly NewStatement[],
  ): Promise<void> {
    await tx.execute(
      'master_data_replace',
      `update master_data m set replaced_at = clock_timestamp()
       from unnest($3::text[], $4::text[]) as given (vocabulary, canonical)
       where m.organisation_id = $1 and m.sender = $2 and m.vocabulary = given.vocabulary
         and m.canonical = given.canonical and m.replaced_at is null`,
      [organisationId, sender, ...columns(statements, 'vocabulary', 'canonical')],
    );
    await tx.execute(
      'master_data_insert',
      `insert into master_data (organisation_id, sender, vocabulary, canonical, received, attributes, children, job)
       select $1, $2, vocabulary, canonical, received, attributes, children::text[], $8 from ${GIVEN}`,
      [
        organisationId,
        sender,
        ...columns(statements, 'vocabulary', 'canonical', 'received', 'attributes', 'children'),
        job,
      ],
    );
  }

  /** What counts of these things, newest first. */
  async current(organisationId: number, canonicals: readonly string[]): Promise<Statement[]> {
    const rows = await this.database.query<StatementRow>(
      'master_data_current_of',
      `select ${COLUMNS} from master_data
       where organisation_id = $1 and canonical = any($2) and replaced_at is null order by id desc`,
      [organisationId, canonicals],
    );
    return rows.map(statementOf);
  }

  /** The latest that was ever said of one thing, newest first. */
  async history(organisationId: number, canonical: string): Promise<Statement[]> {
    const rows = await this.database.query<StatementRow>(
      'master_data_history_of',
      `select ${COLUMNS} from master_data where organisation_id = $1 and canonical = $2
       order by id desc limit ${MOST_HISTORY}`,
      [organisationId, canonical],
    );
    return rows.map(statementOf);
  }

  /** All that counts in an organisation's view, newest first. */
  async all(organisationId: number): Promise<Pick<Statement, 'canonical' | 'attributes' | 'children'>[]> {
    const rows = await this.database.query<{ canonical: string; attributes: string; children: string[] }>(
      'master_data_all',
      `select canonical, attributes, children from master_data
       where organisation_id = $1 and replaced_at is null order by id desc`,
      [organisationId],
    );
    return rows.map((row) => ({ ...row, attributes: JSON.parse(row.attributes) as Attributes }));
  }
}

const statementOf = ({ attributes, sender, ...row }: StatementRow): Statement => ({
  ...row,
  attributes: JSON.parse(attributes) as Attributes,
  sender: sender === '' ? null : sender,
});

/** Lists of columns for `unnest`; a list within one is sent as PostgreSQL writes it. */
function columns(statements: readonly NewStatement[], ...names: (keyof NewStatement)[]): string[][] {
  return names.map((name) =>
    statements.map((statement) => {
      if (name === 'attributes') return JSON.stringify(statement.attributes);
      return name === 'children' ? arrayLiteral(statement.children) : statement[name];
    }),
  );
}

const arrayLiteral = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/[\\"]/g, String.raw`\$&`)}"`).join(',')}}`;
