import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Rows of a table, by a condition on it. */
export interface Rows {
  readonly table: string;
  readonly where: string;
}

/** What a commissioning or dispensing between two positions stored: new rows, and packs that it changed. */
export function rowsBetween(first: number, last: number, packs: 'commissioned_in' | 'changed_in'): Rows[] {
  const where = `position between ${first} and ${last}`;
  const tables = ['event', 'log_entry', 'capture_request', 'epc_event'].map((table) => ({ table, where }));
  return [...tables, { table: 'item', where: `${packs} between ${first} and ${last}` }];
}

/** Milliseconds of a binary COPY of rows into empty tables of the same shape, with the same indexes, in one transaction. */
export async function copyAgain(database: pg.Client, all: readonly Rows[]): Promise<number> {
  const chunks = new Map<string, Buffer[]>();
  for (const { table, where } of all) {
    const read = database.query(copyTo(`copy (select * from ${table} where ${where}) to stdout (format binary)`));
    chunks.set(table, (await read.toArray()) as Buffer[]);
    await sameShape(database, table);
  }
  const start = performance.now();
  await database.query('begin');
  for (const { table } of all) {
    const write = database.query(copyFrom(`copy bench.${table} from stdin (format binary)`));
    await pipeline(Readable.from(chunks.get(table)!), write);
  }
  await database.query('commit');
  const took = performance.now() - start;
  await database.query('drop schema bench cascade');
  return took;
}

/**
 * Milliseconds of storing rows by multi-row inserts into empty tables of the same shape: `size` rows of each table in one
 * durable commit, over two connections.
 */
export async function insertAgain(
  [database, other]: readonly [pg.Client, pg.Client],
  all: readonly Rows[],
  size: number,
): Promise<number> {
  const columns: { table: string; names: string[]; types: string[]; rows: string[][] }[] = [];
  for (const { table, where } of all) {
    const { rows: found } = await database.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [table],
    );
    const names = found.map(({ name }) => name);
    const text = `select ${names.map((name) => `${name}::text`).join(', ')} from ${table} where ${where}`;
    const { rows } = await database.query<string[]>({ text, rowMode: 'array' });
    columns.push({ table, names, types: found.map(({ type }) => type), rows });
    await sameShape(database, table);
  }
  const statement = statementOf(columns);
  const count = Math.max(...columns.map(({ rows }) => rows.length));
  const groups: string[][] = [];
  for (let from = 0; from < count; from += size) {
    groups.push(
      columns.flatMap(({ names, rows }) => {
        const part = rows.slice(from, from + size);
        return names.map((_, at) => arrayText(part.map((row) => row[at] ?? null)));
      }),
    );
  }
  const start = performance.now();
  const work = async (client: pg.Client): Promise<void> => {
    for (let values = groups.pop(); values !== undefined; values = groups.pop()) {
      await client.query({ name: 'bench-insert', text: statement, values });
    }
  };
  await Promise.all([work(database), work(other)]);
  const took = performance.now() - start;
  await database.query('drop schema bench cascade');
  return took;
}

async function sameShape(database: pg.Client, table: string): Promise<void> {
  await database.query('create schema if not exists bench');
  await database.query(`create table bench.${table} (like ${table} including all)`);
}

/** One statement for all tables: `with a as (insert ...), b as (insert ...) select 1`. */
function statementOf(columns: readonly { table: string; names: string[]; types: string[] }[]): string {
  let parameter = 0;
  const parts = columns.map(({ table, names, types }) => {
    const lists = types.map((type) => `$${++parameter}::${type}[]`).join(', ');
    return `${table}_rows as (insert into bench.${table} (${names.join(', ')}) select * from unnest(${lists}))`;
  });
  return `with ${parts.join(', ')} select 1`;
}

const arrayText = (values: readonly (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;
