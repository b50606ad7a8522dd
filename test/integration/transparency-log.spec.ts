import {
  leafHash,
  noteVerifier,
  openCheckpoint,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/domain/tlog/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { CheckpointService, ForkRefusedError } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { localLogSigner } from '../../src/transparency/checkpoint/log-key.js';
import { latestCheckpoint } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { treeState } from '../../src/transparency/log/tile.store.js';
import { ORIGIN, TestPostgres, append, entryOf } from './transparency-fixture.js';

const postgres = new TestPostgres();
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

const signer = localLogSigner(ORIGIN, new Uint8Array(32).fill(7));
const rootOf = (size: number) => Buffer.from(treeRoot(Array.from({ length: size }, (_, i) => leafHash(entryOf(i)))));

async function integrateAll(database: Database, batch?: number): Promise<void> {
  const integrator = new Integrator(database, 0, batch);
  while ((await integrator.step())?.entries !== 0);
}

describe('the integrator', () => {
  it('reaches the same root whatever the batches, and picks up where another process stopped', async () => {
    const { database } = await postgres.database();
    for (const count of [1, 255, 1, 300, 700]) {
      await append(database, count);
      await integrateAll(database, 257);
    }
    const state = await treeState(database, 0);
    expect(state).toMatchObject({ size: 1257, root: rootOf(1257) });
  });

  it('lets two integrators work at once and puts every entry in once', async () => {
    const { database, another } = await postgres.database();
    const workers = [new Integrator(database, 0, 64), new Integrator(another(), 0, 64)];
    const appended = (async () => {
      for (let i = 0; i < 20; i++) await append(database, 50);
    })();
    const integrated = [0, 0];
    await Promise.all(
      workers.map(async (worker, i) => {
        while (integrated[0]! + integrated[1]! < 1000) integrated[i]! += (await worker.step())?.entries ?? 0;
      }),
    );
    await appended;
    expect(await treeState(database, 0)).toMatchObject({ size: 1000, root: rootOf(1000) });
    expect(integrated[0]! + integrated[1]!).toBe(1000);
  });

  it('refuses a log with a gap', async () => {
    const { database, thief } = await postgres.database();
    await append(database, 10);
    await thief.query('alter table log_entry disable trigger all; alter table log_entry_0_0 disable trigger all');
    await thief.query('delete from log_entry where position = 4');
    await expect(new Integrator(database, 0).step()).rejects.toThrow(
      'should hold 10 entries from index 0 on, it holds 9',
    );
  });

  it('stops where the tiles that it must continue were changed', async () => {
    const { database, thief } = await postgres.database();
    await append(database, 10);
    await integrateAll(database);
    await thief.query('alter table tile disable trigger all');
    await thief.query(`update tile set hashes = overlay(hashes placing '\\x00'::bytea from 5)`);
    await append(database, 1);
    await expect(new Integrator(database, 0).step()).rejects.toThrow('do not lead to the root of its 10 entries');
  });
});

describe('tiles', () => {
  it('prove every entry and every growth of the log', async () => {
    const { database } = await postgres.database();
    await append(database, 700);
    await integrateAll(database);
    const reader = new LogReader(database);
    for (const size of [1, 255, 256, 257, 513, 700]) {
      expect(Buffer.from(await reader.root(0, size))).toEqual(rootOf(size));
      const index = Math.floor(size / 2);
      const proof = await reader.inclusion(0, index, size);
      verifyInclusion({ index, size, leafHash: leafHash(entryOf(index)), proof, root: rootOf(size) });
      const consistency = await reader.consistency(0, size, 700);
      verifyConsistency({
        oldSize: size,
        oldRoot: rootOf(size),
        newSize: 700,
        newRoot: rootOf(700),
        proof: consistency,
      });
    }
  });

  it('cannot shrink, change or go away, even for the server itself', async () => {
    const { database, thief } = await postgres.database();
    await append(database, 10);
    await integrateAll(database);
    const wrong = `update tile set hashes = overlay(hashes placing '\\x0000'::bytea from 5)`;
    await expect(database.execute('test-wrong', wrong)).rejects.toMatchObject({ code: 'HL001' });
    await expect(
      database.execute('test-cut', 'update tile set width = 1, hashes = substr(hashes, 1, 32)'),
    ).rejects.toMatchObject({
      code: 'HL001',
    });
    await expect(database.execute('test-tree', 'update tree set size = 9')).rejects.toMatchObject({ code: 'HL001' });
    await expect(thief.query('delete from tile')).rejects.toMatchObject({ code: 'HL001' });
    await expect(database.execute('test-delete', 'delete from tile')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('checkpoints', () => {
  it('are signed once for a size and can be opened with the published key', async () => {
    const { database } = await postgres.database();
    const service = new CheckpointService(database, new LogReader(database), signer);
    expect((await service.sign(0))?.size).toBe(0);
    await append(database, 300);
    await integrateAll(database);
    const signed = await service.sign(0);
    expect(await service.sign(0)).toBeNull();
    const { checkpoint } = openCheckpoint(signed!.note, ORIGIN, [noteVerifier(signer.vkey)]);
    expect(checkpoint).toMatchObject({ origin: ORIGIN, size: 300, root: new Uint8Array(rootOf(300)) });
  });

  it('are never signed where an older note of ours lies in the place of the last one', async () => {
    const { database, thief } = await postgres.database();
    const service = new CheckpointService(database, new LogReader(database), signer);
    await service.sign(0);
    await append(database, 300);
    await integrateAll(database);
    await service.sign(0);
    await thief.query('alter table checkpoint disable trigger all');
    await thief.query('update checkpoint set note = (select note from checkpoint where size = 0)');
    await append(database, 5);
    await integrateAll(database);
    await expect(service.sign(0)).rejects.toThrow('is of 0 entries');
  });

  it('are never signed for a log that was rewritten below the last one', async () => {
    const { database, thief } = await postgres.database();
    const service = new CheckpointService(database, new LogReader(database), signer);
    await append(database, 300);
    await integrateAll(database);
    await service.sign(0);
    await thief.query('alter table tile disable trigger all; alter table tree disable trigger all');
    await thief.query('alter table log_entry disable trigger all; alter table log_entry_0_0 disable trigger all');
    await thief.query(`update log_entry set entry = overlay(entry placing '\\x0102'::bytea from 5) where position = 7`);
    await thief.query('delete from tile; delete from tree');
    await append(database, 5);
    await integrateAll(database);
    const again = new CheckpointService(database, new LogReader(database), signer);
    await expect(again.sign(0)).rejects.toThrow(ForkRefusedError);
    expect((await latestCheckpoint(database, 0))?.size).toBe(300);
  });
});
