import { Erasing } from '../../src/cases/erasure/erasing.service.js';
import { reference, SITES } from '../../src/domain/custody/testing/small-world.js';
import type { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { type LogAuditResult, LogAudit } from '../../src/transparency/audit/log-audit.js';
import { proveDisclosures, verifyDisclosures } from '../../src/domain/receipt/selective-disclosure.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { eventEntry } from '../../src/domain/receipt/check.js';
import { leafHash, verifyInclusion } from '../../src/domain/tlog/index.js';
import { TrailBatcher } from '../../src/transparency/trail/trail-batcher.js';
import { TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
let world: TwoProcesses;

beforeAll(() => postgres.start());
afterAll(() => postgres.stop());
afterEach(() => world.close());

/** A log of five commissionings, one of them erased, and two batches of the access trail. */
beforeEach(async () => {
  world = await TwoProcesses.on(postgres);
  for (let at = 0; at < 5; at++) await world.commission([`S${at}`]);
  await batch('a');
  await erase(2);
  await batch('b');
  await integrate();
});

async function batch(subject: string): Promise<void> {
  await world.owner.query(
    `insert into access_trail (at, organisation_id, person, client, owner_ids, purpose, operation, subject)
     select now(), 1, 2, null, '{3,4}', 'status', 'Query.pack', $1 || i from generate_series(1, 3) i`,
    [subject],
  );
  await new TrailBatcher(world.databases[0], 0).run();
}

async function erase(position: number): Promise<void> {
  const directory = {
    findOrganisation: async (id: number) => reference.organisation(id),
  } as unknown as PartnersDirectory;
  const actor = {
    ...{ organisationId: SITES.factory.organisationId, organisationRole: 'manufacturer' as const, tokenId: 't' },
    ...{ roles: ['admin' as const], subject: { kind: 'person' as const, id: 9 } },
  };
  await new Erasing(world.databases[0], directory).erase(actor, { position, reason: 'court_order' });
}

async function integrate(): Promise<void> {
  await new Integrator(world.databases[0], 0).step();
}

const audited = (): Promise<LogAuditResult> =>
  world.databases[0].transaction((tx) => new LogAudit(tx, { log: 0, verifier: null, anchors: [] }).run());

const codes = async (): Promise<string[]> =>
  (await audited()).findings.map(({ code, position }) => `${code} ${position}`).sort();

/** What somebody does who is past every trigger. */
async function tamper(...statements: string[]): Promise<void> {
  for (const table of ['event', 'erasure', 'trail_batch', 'access_trail', 'log_entry']) {
    await world.owner.query(`alter table ${table} disable trigger all`);
  }
  for (const statement of statements) await world.owner.query(statement);
}

describe('an audit of a log with an erasure and batches of the access trail', () => {
  it('reports the erased event as erased, and nothing as wrong', async () => {
    const seen = await audited();
    expect(seen).toMatchObject({ entries: 8, events: 5, trailBatches: 2, trailForgotten: 0, findings: [] });
    expect(seen.erased).toMatchObject([
      {
        position: 2,
        reason: 'court_order',
        loggedIn: 6,
        by: `https://id.gs1.org/417/${reference.organisation(SITES.factory.organisationId)!.gln}`,
      },
    ]);
  });

  it('finds an event removed whose body is gone without a record', async () => {
    await tamper('update event set body = null, secret = null, hash = null where position = 3');
    expect(await codes()).toEqual(['EVENT_REMOVED 3']);
  });

  it('finds a record of erasure that is not the logged one', async () => {
    await tamper(
      'update event set body = null, secret = null, hash = null where position = 3',
      `insert into erasure select 3, 100, erased_at, event_time, captured_by, organisation_id, person, reason, parent, place,
        secret, commitment, replace(body, '"position":2', '"position":3') from erasure`,
    );
    expect(await codes()).toEqual(['ERASURE_CHANGED 3']);
  });

  it.each([
    [`update erasure set reason = 'retention_ended'`, ['ERASURE_CHANGED 2']],
    [`update erasure set body = replace(body, 'court_order', 'retention_ended')`, ['ERASURE_CHANGED 2']],
    ['update erasure set position = 1', ['ERASURE_CHANGED 1', 'EVENT_REMOVED 2']],
    ['update erasure set position = 5', ['ERASURE_CHANGED 5', 'EVENT_REMOVED 2']],
    ['update erasure set person = 10', ['ERASURE_CHANGED 2']],
    ['update erasure set organisation_id = 2', ['ERASURE_CHANGED 2']],
    ['delete from erasure', ['ERASURE_MISSING 6', 'EVENT_REMOVED 2']],
    [
      `update event set body = '{}', secret = '', hash = '' where position = 2`,
      ['ERASURE_UNDONE 2', 'EVENT_CHANGED 2'],
    ],
    [`update event set commitment = secret where position = 2`, []],
  ])('after %j finds %j', async (statement, expected) => {
    if (expected.length === 0) {
      // A commitment cannot go: the column refuses it.
      await expect(tamper(statement)).rejects.toMatchObject({ code: '23502' });
    } else {
      await tamper(statement);
      expect(await codes()).toEqual(expected);
    }
  });

  it.each([
    [`update access_trail set subject = 'other' where subject = 'a2'`, ['TRAIL_CHANGED 5']],
    [`update access_trail set at = at + interval '1 microsecond' where subject = 'b2'`, ['TRAIL_CHANGED 7']],
    [`delete from access_trail where subject = 'b3'`, ['TRAIL_MISSING 7']],
    [
      `insert into access_trail (xid, at, organisation_id, owner_ids, purpose, operation, subject)
        select xid, at, 1, '{3}', 'status', 'x', 'x' from access_trail where subject = 'a1'`,
      ['TRAIL_CHANGED 7'],
    ],
    ['delete from trail_batch where position = 5', ['TRAIL_CHANGED 7', 'TRAIL_MISSING 5']],
    ['update trail_batch set secret = null, forgotten_at = now() where position = 5', ['TRAIL_CHANGED 5']],
    [`update trail_batch set commitment = decode(repeat('00', 32), 'hex') where position = 7`, ['TRAIL_CHANGED 7']],
    ['delete from log_entry where position = 7', ['ENTRY_REMOVED 7']],
    [
      `delete from access_trail where subject like 'b%';
       update trail_batch set secret = null, forgotten_at = now() where position = 7`,
      ['TRAIL_CHANGED 7'],
    ],
  ])('after %j finds %j', async (statement, expected) => {
    await tamper(statement);
    expect(await codes()).toEqual(expected);
  });

  it('finds an erased event that is back, though its record was turned to another place', async () => {
    await world.owner.query('create table kept as select hash, secret, body from event where position = 1');
    await erase(1);
    await integrate();
    expect(await codes()).toEqual([]);
    await tamper(
      'update event set (hash, secret, body) = (select hash, secret, body from kept) where position = 1',
      'update erasure set position = 5 where position = 1',
    );
    expect(await codes()).toEqual(['ERASURE_CHANGED 5']);
  });

  it('counts a batch whose retention has ended, and finds nothing wrong with it', async () => {
    await world.owner.query(`select forget_trail(now() + interval '1 hour', 1)`);
    expect(await audited()).toMatchObject({ trailBatches: 2, trailForgotten: 1, findings: [] });
  });

  it('finds the same in entries that are not in the tiles yet', async () => {
    await erase(1);
    await batch('c');
    await tamper(
      `update access_trail set subject = 'other' where subject = 'c2'`,
      'delete from erasure where position = 1',
    );
    expect(await codes()).toEqual(['ERASURE_MISSING 8', 'EVENT_REMOVED 1', 'TRAIL_CHANGED 9']);
  });

  it('every proof of everything else, given out before, holds after an erasure', async () => {
    const [before] = await world.databases[0].query<{ body: string; secret: Buffer; commitment: Buffer }>(
      'test-event-4',
      'select body, secret, commitment from event where position = 4',
    );
    const proof = proveDisclosures(JSON.parse(before!.body) as object, before!.secret, (name) => name === 'bizStep');
    const reader = new LogReader(world.databases[0]);
    const [inclusion, root] = [await reader.inclusion(0, 4, 8), await reader.root(0, 8)];
    await erase(4);
    await integrate();
    verifyDisclosures(before!.commitment, proof);
    verifyInclusion({ index: 4, size: 8, proof: inclusion, root, leafHash: leafHash(eventEntry(before!.commitment)) });
    expect(await new LogReader(world.databases[0]).root(0, 8)).toEqual(root);
    expect(await codes()).toEqual([]);
  });
});
