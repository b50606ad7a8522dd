import fc from 'fast-check';
import type { LogReader } from '../../src/transparency/log/log-reader.js';
import { EvidenceFinder } from '../../src/transparency/receipts/evidence.js';
import { TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
let world: Awaited<ReturnType<TestPostgres['database']>>;
beforeAll(async () => {
  await postgres.start();
  world = await postgres.database();
});
afterAll(() => postgres.stop());

/** Sizes of the published checkpoints, and of each chain's final anchors. */
interface Log {
  readonly published: readonly number[];
  readonly chains: readonly (readonly number[])[];
}

let logs = 100;

/** A log of its own with these checkpoints and anchors; its number. */
async function logOf({ published, chains }: Log): Promise<number> {
  const log = ++logs;
  const ask = (text: string, ...values: unknown[]) => world.thief.query(text, [log, ...values]);
  await ask(`insert into log (number, size, origin) values ($1::int, 100, 'log ' || $1::int)`);
  for (const size of new Set([...published, ...chains.flat()])) {
    await ask(
      `insert into checkpoint (log, size, root, note) values ($1, $2::int, sha256('x'), 'checkpoint ' || $2::int)`,
      size,
    );
  }
  for (const size of published) await ask('insert into publication (log, size) values ($1, $2)', size);
  for (const [chain, sizes] of chains.entries()) {
    await ask(`insert into chain_log (log, chain_id, contract, log_id) values ($1, $2, '0x', '0x')`, chain);
    for (const size of sizes) {
      await ask(
        `insert into anchor (log, chain_id, contract, publisher, size, state, nonce, tx_hash, block_number, block_hash, block_time)
         values ($1, $2, '0x', '0x', $3, 'finalized', $3, '0x', 1, '0x', now())`,
        ...[chain, size],
      );
    }
  }
  return log;
}

const reader = {
  consistency: (_: number, from: number, to: number) => Promise.resolve([Uint8Array.of(from, to)]),
} as unknown as LogReader;

const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 5 });
const anyLog = fc.record({ published: sizes, chains: fc.array(sizes, { maxLength: 3 }) });

describe('the evidence of an entry', () => {
  it('is the same out of what is kept as it is found anew, and holds the entry', async () => {
    const asks = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 8, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(anyLog, asks, async (made, indexes) => {
        const log = await logOf(made);
        const keeping = new EvidenceFinder(world.database, reader, () => 1);
        for (const index of indexes) {
          const kept = await keeping.of(log, index);
          const anew = await new EvidenceFinder(world.database, reader).of(log, index);
          expect(kept && { ...kept, from: 0 }).toEqual(anew && { ...anew, from: 0 });
          if (kept === null) continue;
          expect(index).toBeLessThan(kept.size);
          expect(kept.anchors.every(({ size }) => size >= kept.size)).toBe(true);
        }
      }),
      { numRuns: 60, examples: [[{ published: [], chains: [[2], [1]] }, [1, 0]]] },
    );
  });

  it('is kept for ten seconds', async () => {
    const log = await logOf({ published: [5], chains: [[5]] });
    let now = 20_000;
    const finder = new EvidenceFinder(world.database, reader, () => now);
    const anchorsNow = async () => (await finder.of(log, 1))!.anchors.length;
    expect(await anchorsNow()).toBe(1);
    await world.thief.query('alter table anchor disable trigger all');
    await world.thief.query(`update anchor set state = 'lost' where log = $1`, [log]);
    now += 10_000;
    expect(await anchorsNow()).toBe(1);
    now += 1;
    expect(await anchorsNow()).toBe(0);
  });

  describe('where readers ask for a quorum', () => {
    /** Checkpoints of at least `size` have it. */
    const finder = (size: number) =>
      new EvidenceFinder(world.database, reader, undefined, (note) => Number(note.split(' ')[1]) >= size);

    it('is the newest cosigned checkpoint that a chain holds, for what was anchored before the policy', async () => {
      const log = await logOf({ published: [2, 5, 8], chains: [[2, 9], [2]] });
      expect(await finder(5).of(log, 1)).toMatchObject({ size: 8, from: 0, to: 2, anchors: [{ chainId: 0, size: 9 }] });
      expect(await finder(5).of(log, 4)).toMatchObject({ size: 8, anchors: [{ size: 9 }] });
    });

    it('is a cosigned checkpoint alone while no chain holds one, and nothing while none holds the entry', async () => {
      const log = await logOf({ published: [2, 8], chains: [[2]] });
      expect(await finder(5).of(log, 1)).toMatchObject({ size: 8, anchors: [] });
      const missing = await logOf({ published: [4], chains: [[4, 9]] });
      expect(await finder(1).of(missing, 3)).toMatchObject({ size: 4, anchors: [{ size: 4 }] });
      expect(await finder(20).of(missing, 6)).toBeNull();
    });
  });
});
