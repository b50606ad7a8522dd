import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteVerifierOf, openCheckpoint } from '../../src/domain/tlog/index.js';
import { configFrom } from '../../src/platform/config/config.js';
import { readEnvironment } from '../../src/platform/config/env.js';
import { latestCheckpoint } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { LogKeyChangedError, knownLogKeys, openLogSigners } from '../../src/transparency/checkpoint/log-key.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { ORIGIN, TestPostgres, append } from './transparency-fixture.js';

const postgres = new TestPostgres();
const folder = mkdtempSync(join(tmpdir(), 'halisi-keys-'));
beforeAll(() => postgres.start());
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = (home: string, more: Record<string, string> = {}) =>
  configFrom(readEnvironment({ HALISI_HOME: join(folder, home), ...more }));

describe('the keys of a log', () => {
  it('are known to processes that have none, once one that has them was started', async () => {
    const { database } = await postgres.database();
    await expect(knownLogKeys(database, 0, 0)).rejects.toThrow('start a process with the role worker or all');
    const [signer] = await openLogSigners(config('one'), database, 0, ORIGIN);
    expect(await openLogSigners(config('elsewhere', { HALISI_ROLE: 'api' }), database, 0, ORIGIN)).toEqual([]);
    expect(await knownLogKeys(database, 0)).toEqual([signer!.vkey]);
  });

  it('are refused where another key signed the log before, and taken from a file', async () => {
    const { database } = await postgres.database();
    const file = join(folder, 'shared.key');
    writeFileSync(file, `${'0d'.repeat(32)}\n`);
    const [first] = await openLogSigners(config('two', { LOG_KEY_FILE: file }), database, 0, ORIGIN);
    await expect(openLogSigners(config('three'), database, 0, ORIGIN)).rejects.toThrow(LogKeyChangedError);
    const [again] = await openLogSigners(config('three', { LOG_KEY_FILE: file }), database, 0, ORIGIN);
    expect(again!.vkey).toBe(first!.vkey);
  });

  it('are two with ML-DSA-44, and both sign every checkpoint', async () => {
    const { database } = await postgres.database();
    const [signer, ...others] = await openLogSigners(config('four', { LOG_ML_DSA: '1' }), database, 0, ORIGIN);
    await append(database, 3);
    await new Integrator(database, 0).step();
    await new CheckpointService(database, new LogReader(database), signer!, true, others).sign(0);
    const { note } = (await latestCheckpoint(database, 0))!;
    const keys = await knownLogKeys(database, 0);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(openCheckpoint(note, ORIGIN, [noteVerifierOf(key)]).checkpoint.size).toBe(3);
  });
});
