import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { concatBytes, fromBase64 } from '../../src/domain/bytes.js';
import { TlogError, verifyConsistency, verifyInclusion } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { AnchorClient } from './anchor-client.js';
import { type TestChain, startChain } from './anvil.js';
import { GeneratedLog, type Growth, simulatedGrowth } from './logs.js';

const VECTORS = process.env['HALISI_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');
const RUNS = Number(process.env['FAST_CHECK_RUNS'] ?? 60);

let chain: TestChain;
let anchor: AnchorClient;

beforeAll(async () => {
  chain = await startChain();
  anchor = new AnchorClient(await deployCheckpointAnchor(chain.wallet(0)), chain.wallet(0));
});

afterAll(() => chain.stop());

const consistentOnChain = (growth: Growth): Promise<unknown> =>
  anchor.view('provesConsistency', [growth.oldSize, growth.oldRoot, growth.newSize, growth.newRoot, growth.proof]);

interface Leaf {
  readonly index: number | bigint;
  readonly size: number | bigint;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

const includedOnChain = ({ root, size, index, leafHash, proof }: Leaf): Promise<unknown> =>
  anchor.view('provesInclusion', [root, size, index, leafHash, proof]);

/** Whether the TypeScript implementation takes a claim. */
function holds(verify: () => void): boolean {
  try {
    verify();
    return true;
  } catch (error) {
    if (error instanceof TlogError) return false;
    throw error;
  }
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

const anySize = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.maxSafeInteger().map((n) => Math.abs(n) + 1),
);
const growths = fc
  .tuple(anySize, anySize, fc.string())
  .filter(([a, b]) => a !== b && Math.max(a, b) <= Number.MAX_SAFE_INTEGER)
  .map(([a, b, seed]) => simulatedGrowth(Math.min(a, b), Math.max(a, b), seed));

describe('consistency on chain', () => {
  it('agrees with the TypeScript implementation on true and on changed proofs, up to 2^53 leaves', async () => {
    const changes = fc.oneof(
      fc.record({ part: fc.constantFrom('oldRoot' as const, 'newRoot' as const), bit: fc.nat(255) }),
      fc.record({ part: fc.constant('proof' as const), at: fc.nat(), bit: fc.nat(255) }),
      fc.record({ part: fc.constant('length' as const), cut: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ part: fc.constantFrom('oldSize' as const, 'newSize' as const), by: fc.integer({ min: -3, max: 3 }) }),
    );
    const changed = (growth: Growth, change: typeof changes extends fc.Arbitrary<infer C> ? C : never): Growth => {
      switch (change.part) {
        case 'oldRoot':
        case 'newRoot':
          return { ...growth, [change.part]: flip(growth[change.part], change.bit) };
        case 'proof':
          return {
            ...growth,
            proof: growth.proof.map((h, i) => (i === change.at % growth.proof.length ? flip(h, change.bit) : h)),
          };
        case 'length':
          return {
            ...growth,
            proof:
              change.cut < 0
                ? growth.proof.slice(-change.cut)
                : [...growth.proof, ...growth.proof.slice(0, change.cut)],
          };
        case 'oldSize':
        case 'newSize':
          return {
            ...growth,
            [change.part]: Math.min(Math.max(0, growth[change.part] + change.by), Number.MAX_SAFE_INTEGER),
          };
      }
    };
    await fc.assert(
      fc.asyncProperty(growths, changes, async (growth, change) => {
        expect(await consistentOnChain(growth)).toBe(true);
        const other = changed(growth, change);
        expect(await consistentOnChain(other)).toBe(holds(() => verifyConsistency(other)));
      }),
      { numRuns: RUNS },
    );
  });

  it('holds at the largest sizes that the contract takes', async () => {
    const max = 2n ** 64n - 1n;
    const zero = new Uint8Array(32);
    const call = (oldSize: bigint, newSize: bigint, proof: Uint8Array[]): Promise<unknown> =>
      anchor.view('provesConsistency', [oldSize, zero, newSize, zero, proof]);
    expect(
      await call(
        max - 1n,
        max,
        Array.from({ length: 70 }, () => zero),
      ),
    ).toBe(false);
    expect(
      await call(
        2n ** 63n,
        max,
        Array.from({ length: 64 }, () => zero),
      ),
    ).toBe(false);
    expect(await call(max, max, [])).toBe(true);
  });
});

describe('inclusion on chain', () => {
  it('agrees with the TypeScript implementation', async () => {
    const log = new GeneratedLog(70);
    const cases = fc
      .integer({ min: 1, max: 70 })
      .chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size), fc.nat(75), fc.integer({ min: 1, max: 75 })));
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(255), async ([index, size, otherIndex, otherSize], bit) => {
        const leaf = {
          index,
          size,
          leafHash: log.leaves[index]!,
          root: log.root(size),
          proof: log.inclusion(index, size),
        };
        expect(await includedOnChain(leaf)).toBe(true);
        const others = [
          { ...leaf, index: otherIndex },
          { ...leaf, size: otherSize },
          { ...leaf, leafHash: flip(leaf.leafHash, bit) },
          { ...leaf, proof: [...leaf.proof, leaf.root] },
          { ...leaf, proof: leaf.proof.slice(1) },
        ];
        for (const other of others) {
          expect(await includedOnChain(other)).toBe(holds(() => verifyInclusion(other)));
        }
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });
});

interface PublishedVector {
  readonly name: string;
  readonly numbers: Record<string, bigint>;
  readonly hashes: Record<string, Uint8Array>;
  readonly proof: Uint8Array[];
  readonly wantErr: boolean;
}

/** Published cases whose hashes have 32 bytes; others cannot be said in the contract's types. */
function published(kind: string): PublishedVector[] {
  const folder = join(VECTORS, 'tlog', kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => readVector(join(folder, file)))
    .filter(({ hashes, proof }) => [...Object.values(hashes), ...proof].every(({ length }) => length === 32));
}

function readVector(path: string): PublishedVector {
  // Integers become text first: an index of 2^64-1 does not fit a JavaScript number.
  const text = readFileSync(path, 'utf8').replace(/: ([0-9]+)/g, ': "int $1"');
  const { proof, wantErr, desc, ...rest } = JSON.parse(text) as Record<string, string> & {
    proof: string[] | null;
    wantErr: boolean;
  };
  const fields = Object.entries(rest as Record<string, string>);
  const pick = <T>(integer: boolean, to: (text: string) => T): Record<string, T> =>
    Object.fromEntries(fields.filter(([, v]) => v.startsWith('int ') === integer).map(([k, v]) => [k, to(v)]));
  return {
    name: `${path.slice(VECTORS.length)}: ${desc}`,
    numbers: pick(true, (value) => BigInt(value.slice(4))),
    hashes: pick(false, fromBase64),
    proof: (proof ?? []).map(fromBase64),
    wantErr,
  };
}

describe('published vectors on chain', () => {
  it('of inclusion are answered as published', async () => {
    for (const { name, numbers, hashes, proof, wantErr } of published('inclusion')) {
      const leaf = {
        index: numbers['leafIdx']!,
        size: numbers['treeSize']!,
        proof,
        leafHash: hashes['leafHash']!,
        root: hashes['root']!,
      };
      expect([name, await includedOnChain(leaf)]).toEqual([name, !wantErr]);
    }
  });

  it('of consistency are answered as published', async () => {
    for (const { name, numbers, hashes, proof, wantErr } of published('consistency')) {
      const args = [numbers['size1'], hashes['root1'], numbers['size2'], hashes['root2'], proof];
      expect([name, await anchor.view('provesConsistency', args)]).toEqual([name, !wantErr]);
    }
  });

  const present = existsSync(join(VECTORS, 'tlog/consistency'));
  (present ? it : it.skip)('are there in numbers, where the folder is', () => {
    expect(published('inclusion').length).toBeGreaterThan(0);
    expect(published('consistency').length).toBeGreaterThan(0);
    expect(concatBytes(...published('inclusion')[0]!.proof).length % 32).toBe(0);
  });
});
