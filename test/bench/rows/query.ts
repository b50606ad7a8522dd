import type pg from 'pg';
import { parseQuery } from '../../../src/domain/epcis/query/index.js';
import { KNOWN_NAMESPACES } from '../../../src/domain/epcis/context.js';
import { searchPlan } from '../../../src/trace/event-query/search.js';
import {
  findingNames,
  findingTerms,
  startOf,
  walking,
  type Statement,
} from '../../../src/trace/event-query/statements.js';
import { drive } from '../http-load.js';
import { eventIdOf, growManyEvents, orderOf, packOf, productOf, SITES, siteOf } from '../many-events.js';
import type { Bench, Result, Row } from '../row.js';

const EVENTS = 10_000_000;
const CONNECTIONS = 4;
const COUNT = 400;
const WARM_UP = 40;

const random = (below: number): number => Math.floor(Math.random() * below);
const time = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1000).toISOString();

/** The commonest questions, each with values of its own at every request. */
const QUERIES: Readonly<Record<string, () => Record<string, string>>> = {
  'one pack': () => ({ MATCH_anyEPC: packOf(random(EVENTS)) }),
  'one event': () => ({ EQ_eventID: eventIdOf(random(EVENTS)) }),
  'one purchase order': () => ({ EQ_bizTransaction_po: orderOf(random(EVENTS)) }),
  'newest of a step': () => ({ EQ_bizStep: 'shipping' }),
  'a place': () => ({ EQ_bizLocation: siteOf(random(SITES)) }),
  'a step at a place': () => ({ EQ_bizStep: 'receiving', EQ_readPoint: siteOf(random(SITES)) }),
  'a product': () => ({ MATCH_epc: `https://id.gs1.org/01/${productOf(random(500))}` }),
  'an hour of events': () => {
    const ago = EVENTS + random(EVENTS - 3600);
    return { GE_eventTime: time(ago), LT_eventTime: time(ago - 3600), orderBy: 'eventTime', orderDirection: 'ASC' };
  },
  'a place in a week': () => {
    const ago = EVENTS + random(EVENTS - 604_800);
    return { EQ_bizLocation: siteOf(random(SITES)), GE_eventTime: time(ago), LT_eventTime: time(ago - 604_800) };
  },
  'what is rare': () => ({ EQ_disposition: 'recalled' }),
};

/** SimpleEventQuery over ten million events, asked by an organisation that captured a third of them. */
export const query: Row = async (bench) => {
  const installation = await bench.installation();
  const { url, tokens, database } = installation;
  const start = performance.now();
  await growManyEvents(database, EVENTS);
  bench.note(`${EVENTS} events loaded after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const scansBefore = await sequentialScans(database);
  const results: Result[] = [];
  for (const [name, parameters] of Object.entries(QUERIES)) {
    const { perSecond, p50, p99 } = await drive({
      url,
      connections: CONNECTIONS,
      warmUp: WARM_UP,
      count: COUNT,
      token: () => tokens.factory,
      next: () => ({ path: `/epcis/events?${new URLSearchParams(parameters()).toString()}` }),
    });
    results.push({
      row: 'query',
      work: `${name}: a page of 30 out of ${EVENTS} events, ${CONNECTIONS} clients`,
      value: perSecond,
      unit: '/s',
      p50,
      p99,
      bars: [],
    });
    await notePlans(bench, database, name, parameters());
  }
  const scans = (await sequentialScans(database)) - scansBefore;
  const last = results.at(-1)!;
  const bar = {
    what: 'sequential scans of events, of their index or of EPCs',
    bar: 0,
    got: scans,
    sense: 'at most',
  } as const;
  return [...results.slice(0, -1), { ...last, bars: [bar] }];
};

/** How often a table of events was read from end to end, by whoever. */
async function sequentialScans(database: pg.Client): Promise<number> {
  await database.query('select pg_stat_force_next_flush()');
  const { rows } = await database.query<{ scans: number }>(
    `select coalesce(sum(seq_scan), 0)::int as scans from pg_stat_user_tables where relname ~ '^(event|event_search|epc_event)(_\\d+_\\d+)?$'`,
  );
  return rows[0]!.scans;
}

/** The nodes of the plans that the server's statements for a query have, under its settings. */
async function notePlans(
  bench: Bench,
  database: pg.Client,
  name: string,
  parameters: Record<string, string>,
): Promise<void> {
  const vocabulary = { descendantsOf: (id: string) => new Set([id]), attributesOf: () => new Map<string, never>() };
  const plan = searchPlan(parseQuery(parameters, KNOWN_NAMESPACES), { organisation: 1, all: false }, vocabulary);
  const after = startOf(plan.search);
  const statements =
    plan.names === null
      ? [walking(plan.search, after), findingTerms(plan.search, after)]
      : [findingNames(plan.search, after, plan.names)];
  for (const statement of statements) bench.note(`${name}: ${(await nodesOf(database, statement)).join(', ')}`);
}

async function nodesOf(database: pg.Client, { text, values }: Statement): Promise<string[]> {
  await database.query('begin');
  for (const setting of ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'])
    await database.query(`set local ${setting} = off`);
  const { rows } = await database.query<Record<string, string>>(`explain (costs off) ${text}`, values as unknown[]);
  await database.query('rollback');
  const nodes = rows
    .map((row) => Object.values(row)[0]!)
    .map((line) => /(?:->\s+|^)([A-Z][\w ]+?(?: using \w+)?)(?: on .*)?$/.exec(line.trim())?.[1]);
  return [...new Set(nodes.filter((node) => node !== undefined && /Scan/.test(node)))] as string[];
}
