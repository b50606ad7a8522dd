import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Actor } from '../../src/access/actor.js';
import { seal } from '../../src/capture/seal.js';
import { writeEvents, type EventToStore } from '../../src/capture/write.store.js';
import type { EpcisEvent } from '../../src/domain/epcis/event.js';
import { matches, parseQuery } from '../../src/domain/epcis/query/index.js';
import { anyEvent, EPCS, PARAMETERS, PREFIXES } from '../../src/domain/epcis/query/samples.fixture.js';
import { epcUri, parseEpc } from '../../src/domain/gs1/epc.js';
import { comparable } from '../../src/domain/epcis/query/terms.js';
import { EventQueryService } from '../../src/trace/event-query/event-query.service.js';
import { SearchBackfill } from '../../src/trace/event-query/search-backfill.js';
import type { Asker } from '../../src/trace/events/events.service.js';
import { startApp, type TestApp } from '../support/start-app.js';

const EVENTS = 300;
let app: TestApp;
let stored: { readonly position: number; readonly organisation: number; readonly event: Record<string, unknown> }[];
let service: EventQueryService;

beforeAll(async () => {
  app = await startApp({ demo: true });
  service = app.get(EventQueryService);
  stored = [];
  for (const event of fc.sample(anyEvent, { numRuns: EVENTS, seed: 11 }))
    await add(event, stored.length % 3 === 0 ? 2 : 1);
});
afterAll(() => app.close());

/** The rows of the last statement. */
async function asSuperuser(statements: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(app.superuser);
  await client.connect();
  try {
    const results = (await client.query(statements)) as unknown as pg.QueryResult<Record<string, unknown>>[];
    return results.at(-1)!.rows;
  } finally {
    await client.end();
  }
}

const keyOf = (uri: string): string => (parseEpc(uri).kind === 'other' ? comparable(uri) : epcUri(parseEpc(uri)));

/** Stores an event as the write path does, every other one with the other organisation named in it. */
async function add(sample: Record<string, unknown>, organisation: number): Promise<void> {
  const eventID = `urn:uuid:${randomUUID()}`;
  const recordTime = new Date(Date.UTC(2026, 0, 1) + stored.length * 1000).toISOString();
  const event = { ...sample, recordTime, eventTimeZoneOffset: '+00:00' } as unknown as EpcisEvent;
  const sealed = {
    ...seal(event, 'ni:///sha-256;' + '0'.repeat(64) + '?ver=CBV2.0'),
    givenId: eventID,
    names: [eventID],
  };
  const complete = { ...event, eventID };
  const named = ['epcList', 'childEPCs', 'inputEPCList', 'parentID'].flatMap((name) => sample[name] ?? []) as string[];
  const one: EventToStore = {
    sealed: { ...sealed, event: complete as typeof sealed.event, body: JSON.stringify(complete) },
    decision: {
      event,
      parties: stored.length % 2 === 0 ? [3 - organisation] : [],
      mentions: [...new Set(named)].map((uri) => ({ epc: keyOf(uri), role: 'epc' as const })),
      gaps: [],
    } as EventToStore['decision'],
    organisation,
    person: null,
    request: randomUUID(),
  };
  const position = await app.database.transaction((sql) => writeEvents(sql, 0, [one], recordTime));
  stored.push({ position, organisation, event: complete as unknown as Record<string, unknown> });
}

const askerOf = (organisationId: number, organisationRole: Actor['organisationRole'] = 'manufacturer'): Asker => ({
  actor: { organisationId, organisationRole, subject: { kind: 'client', id: 1 }, roles: ['viewer'], tokenId: 't' },
  purpose: 'status',
});

/** Everything a query finds, page by page. */
async function all(asker: Asker, parameters: Record<string, unknown>, perPage: number): Promise<string[]> {
  const query = parseQuery(parameters, PREFIXES);
  const found: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await service.page(asker, query, { perPage, cursor }, 'spec');
    expect(page.events.length).toBeLessThanOrEqual(perPage);
    found.push(...page.events.map(({ eventID }) => eventID!));
    if (page.next === null) return found;
    cursor = page.next;
  }
}

async function expected(asker: Asker, parameters: Record<string, unknown>): Promise<string[]> {
  const query = parseQuery(parameters, PREFIXES);
  const vocabulary = await service.vocabularyOf(asker);
  const key = query.orderBy === 'eventTime' ? 'eventTime' : 'recordTime';
  const visible = stored.filter(
    ({ organisation, position }) =>
      asker.actor.organisationRole === 'regulator' ||
      organisation === asker.actor.organisationId ||
      stored.findIndex((each) => each.position === position) % 2 === 0,
  );
  const sorted = visible
    .filter(({ event }) => matches(query, event, vocabulary))
    .toSorted(
      (a, b) => Date.parse(a.event[key] as string) - Date.parse(b.event[key] as string) || a.position - b.position,
    )
    .map(({ event }) => event['eventID'] as string);
  const ordered = query.ascending ? sorted : sorted.toReversed();
  return ordered.slice(0, query.eventCountLimit ?? ordered.length);
}

const asked = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...Object.keys(PARAMETERS)), { minLength: 0, maxLength: 2 }),
    control: fc.record(
      {
        orderBy: fc.constantFrom('eventTime', 'recordTime'),
        orderDirection: fc.constantFrom('ASC', 'DESC'),
        eventCountLimit: fc.integer({ min: 1, max: 60 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ names, control }) => ({ ...Object.fromEntries(names.map((name) => [name, PARAMETERS[name]])), ...control }));

describe('a SimpleEventQuery over the index', () => {
  it('finds exactly what it means, in its order, whatever it asks, whoever asks and however long the pages are', async () => {
    const askers = [askerOf(1), askerOf(2), askerOf(99, 'regulator')];
    await fc.assert(
      fc.asyncProperty(
        asked,
        fc.constantFrom(...askers),
        fc.constantFrom(3, 30, 1000),
        async (parameters, asker, perPage) => {
          expect(await all(asker, parameters, perPage)).toEqual(await expected(asker, parameters));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds nothing of others', async () => {
    expect(await all(askerOf(98), {}, 30)).toEqual([]);
  });

  it('gives pages that join while more is captured', async () => {
    const before = await expected(askerOf(1), {});
    const query = parseQuery({}, PREFIXES);
    const first = await service.page(askerOf(1), query, { perPage: 50, cursor: undefined }, 'spec');
    await add({ '@context': {}, type: 'ObjectEvent', eventTime: '2026-06-01T00:00:00Z', epcList: [EPCS[0]] }, 1);
    const found = first.events.map(({ eventID }) => eventID!);
    for (let cursor = first.next; cursor !== null;) {
      const page = await service.page(askerOf(1), query, { perPage: 50, cursor }, 'spec');
      found.push(...page.events.map(({ eventID }) => eventID!));
      cursor = page.next;
    }
    expect(found).toEqual(before);
  });

  it('is refused where it finds more than maxEventCount, and answered where it does not', async () => {
    const count = (await expected(askerOf(1), {})).length;
    const page = (maxEventCount: number) =>
      service.page(askerOf(1), parseQuery({ maxEventCount }, PREFIXES), { perPage: 5, cursor: undefined }, 'spec');
    await expect(page(count - 1)).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
    expect((await page(count)).events).toHaveLength(5);
  });

  it('finds events of before the index once they are put in, and none twice', async () => {
    await asSuperuser(`set session_replication_role = replica; delete from event_search;
      insert into event_search_missing (log, next, until) select 0, 0, size from log where number = 0`);
    expect(await all(askerOf(1), {}, 100)).toEqual([]);
    await Promise.all([
      app.get(SearchBackfill).onApplicationBootstrap(),
      app.get(SearchBackfill).onApplicationBootstrap(),
    ]);
    expect(await all(askerOf(1), {}, 100)).toEqual(await expected(askerOf(1), {}));
  });

  it('is answered by indexes alone, however the tables grow', async () => {
    const rows = await asSuperuser(`set enable_seqscan = off;
      explain select position from event_search where terms && '{1,2}'::bigint[] and terms && '{3}'::bigint[]`);
    const plan = rows.map((row) => Object.values(row)[0]).join('\n');
    expect(plan).toContain('Bitmap Index Scan on event_search_0_0_terms_idx');
    expect(plan).not.toContain('Seq Scan');
  });
});
