import { noteVerifier } from '../../src/domain/tlog/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { audit } from '../../src/transparency/audit/audit.js';
import type { ChainAnchor } from '../../src/transparency/audit/chain-anchors.js';
import type { AuditReport } from '../../src/transparency/audit/finding.js';
import { LogAudit } from '../../src/transparency/audit/log-audit.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { appendEvents, eventOf } from './transparency-events.js';
import { ORIGIN, TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

const signer = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));
const verifier = noteVerifier(signer.vkey);

type Thief = Awaited<ReturnType<TestPostgres['database']>>['thief'];

/** A log of 300 events in two checkpoints, and a superuser for whom no trigger counts. */
async function victim(): Promise<{ database: Database; thief: Thief }> {
  const { database, thief } = await postgres.database();
  await grow(database, 100);
  await grow(database, 200);
  for (const table of ['event', 'event_0_0', 'log_entry', 'log_entry_0_0', 'tile', 'tree', 'checkpoint']) {
    await thief.query(`alter table ${table} disable trigger all`);
  }
  return { database, thief };
}

async function grow(database: Database, count: number): Promise<void> {
  await appendEvents(database, count);
  await new Integrator(database, 0).step();
  await new CheckpointService(database, new LogReader(database), signer).sign(0);
}

async function report(database: Database): Promise<AuditReport> {
  const [only] = await audit({ database, chains: [], verifier });
  return only!;
}

const idOf = (position: number): string => String(eventOf(position)['eventID']);

describe('an audit', () => {
  it('finds nothing wrong in an honest log, while it grows too', async () => {
    const { database } = await victim();
    await appendEvents(database, 7);
    expect(await report(database)).toMatchObject({
      ok: true,
      events: 307,
      integrated: 300,
      checkpoints: 2,
      findings: [],
    });
  });

  it('names the event of which one byte was changed', async () => {
    const { database, thief } = await victim();
    await thief.query(`update event set body = replace(body, '"L1"', '"L2"') where position = 137`);
    const { findings } = await report(database);
    expect(findings).toMatchObject([{ code: 'EVENT_CHANGED', position: 137, eventId: idOf(137) }]);
  });

  it('names the event when its commitment and log entry were made to fit', async () => {
    const { database, thief } = await victim();
    await thief.query(
      'update event set (body, secret, commitment) = (select body, secret, commitment from event where position = 5) where position = 6',
    );
    await thief.query(
      'update log_entry set entry = (select entry from log_entry where position = 5) where position = 6',
    );
    const { findings } = await report(database);
    expect(findings.map(({ code, position }) => ({ code, position }))).toEqual([
      { code: 'EVENT_CHANGED', position: 6 },
      { code: 'ENTRY_CHANGED', position: 6 },
    ]);
  });

  it('names an event that was not integrated yet', async () => {
    const { database, thief } = await victim();
    await appendEvents(database, 3);
    await thief.query(`update event set body = replace(body, '"L1"', '"L2"') where position = 301`);
    expect((await report(database)).findings).toMatchObject([{ code: 'EVENT_CHANGED', position: 301 }]);
  });

  it('names the event that was removed', async () => {
    const { database, thief } = await victim();
    await thief.query('delete from event where position = 42');
    await thief.query('delete from log_entry where position = 43');
    expect((await report(database)).findings).toMatchObject([
      { code: 'EVENT_REMOVED', position: 42 },
      { code: 'ENTRY_REMOVED', position: 43 },
    ]);
  });

  it('names two events that were swapped', async () => {
    const { database, thief } = await victim();
    await thief.query(`update event set position = 1000 where position = 10;
      update event set position = 10 where position = 250; update event set position = 250 where position = 1000`);
    const { findings } = await report(database);
    expect(findings).toMatchObject([{ code: 'EVENT_SWAPPED', position: 10, eventId: idOf(250) }]);
    expect(findings[0]!.message).toContain('positions 10 and 250');
  });

  it('names an event that was put in, at the end and in the middle', async () => {
    const { database, thief } = await victim();
    const columns = 'recorded_at, event_time, captured_by, person, step, hash, secret, commitment, body';
    await thief.query(`insert into event (position, ${columns}) select 300, ${columns} from event where position = 3`);
    expect((await report(database)).findings).toMatchObject([{ code: 'EVENT_INSERTED', position: 300 }]);
    await thief.query('update event set position = position + 100001 where position >= 200');
    await thief.query('update event set position = position - 100000 where position >= 100000');
    await thief.query(`insert into event (position, ${columns}) select 200, ${columns} from event where position = 3`);
    const codes = (await report(database)).findings.map(({ code, position }) => `${code} ${position}`);
    expect(codes).toEqual(expect.arrayContaining(['EVENT_CHANGED 200', 'EVENTS_SHIFTED 201']));
  });

  it('names the range between two anchors when tiles, tree and entries were all made to fit', async () => {
    const { database, thief } = await victim();
    const reader = new LogReader(database);
    const anchors = await Promise.all(
      [100, 300].map(async (size): Promise<ChainAnchor> => {
        return { size, root: Buffer.from(await reader.root(0, size)).toString('hex'), txHash: '0x' };
      }),
    );
    await thief.query(
      `update event set (body, secret, commitment) = (select body, secret, commitment from event where position = 5) where position = 150`,
    );
    await thief.query(
      'update log_entry set entry = (select entry from log_entry where position = 5) where position = 150',
    );
    await thief.query('delete from anchor; delete from checkpoint; delete from tile; delete from tree');
    await new Integrator(database, 0).step();
    const { findings } = await database.transaction((tx) => new LogAudit(tx, { log: 0, verifier, anchors }).run());
    expect(findings).toMatchObject([{ code: 'CHAIN_MISMATCH' }]);
    expect(findings[0]!.message).toContain('an entry from 100 to 299 was changed');
  });

  it('names a forged tile, a forged checkpoint and a log that was cut', async () => {
    const { database, thief } = await victim();
    await thief.query(`update tile set hashes = overlay(hashes placing '\\x0102'::bytea from 3) where level = 1`);
    await thief.query(`update checkpoint set note = replace(note, '100', '101') where size = 100`);
    const anchors = [{ size: 400, root: '00', txHash: '0x' }];
    const { findings } = await database.transaction((tx) => new LogAudit(tx, { log: 0, verifier, anchors }).run());
    expect(findings.map(({ code }) => code).sort()).toEqual(['CHAIN_AHEAD', 'CHECKPOINT_SIGNATURE', 'TILE_CHANGED']);
  });

  it('names a changed commitment column', async () => {
    const { database, thief } = await victim();
    await thief.query(
      `update event set commitment = overlay(commitment placing '\\x0102'::bytea from 3) where position = 9`,
    );
    expect((await report(database)).findings).toMatchObject([{ code: 'COMMITMENT_CHANGED', position: 9 }]);
  });
});
