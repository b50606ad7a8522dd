import fc from 'fast-check';
import { TlogError, verifyConsistency, verifyInclusion } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { type TestChain, startChain } from './anvil.js';
import {
  type ConsistencyCase,
  type InclusionCase,
  changedConsistency,
  changedInclusion,
  isConsistent,
  isIncluded,
  trueConsistency,
  trueInclusion,
} from './claims.js';
import { haveVectors, publishedCases } from './published-vectors.js';
import { askAll, callOf } from './view-batch.js';

/** Each run judges a hundred claims. */
const RUNS = Number(process.env['FAST_CHECK_RUNS'] ?? 8);
const CLAIMS = 100;
/** Looking for a smaller counterexample ends before jest does, so that there is one to see. */
const LIMIT = { interruptAfterTimeLimit: 40_000, markInterruptAsFailure: true };

let chain: TestChain;
let address: string;

beforeAll(async () => {
  chain = await startChain();
  address = await deployCheckpointAnchor(chain.wallet(0));
});

afterAll(() => chain.stop());

const ask = (calls: readonly string[]): Promise<(boolean | null)[]> => askAll(chain.url, address, calls);

const consistencyCall = ({ oldSize, oldRoot, newSize, newRoot, proof }: ConsistencyCase): string =>
  callOf('provesConsistency', [oldSize, oldRoot, newSize, newRoot, proof]);

const inclusionCall = ({ root, size, index, leafHash, proof }: InclusionCase): string =>
  callOf('provesInclusion', [root, size, index, leafHash, proof]);

/** Whether the TypeScript implementation takes a claim; undefined where its numbers are beyond JavaScript's. */
function holdsInTypeScript(sizes: readonly bigint[], verify: (sizes: readonly number[]) => void): boolean | undefined {
  if (sizes.some((size) => size > BigInt(Number.MAX_SAFE_INTEGER))) return undefined;
  try {
    verify(sizes.map(Number));
    return true;
  } catch (error) {
    if (error instanceof TlogError) return false;
    throw error;
  }
}

const consistentInTypeScript = (claim: ConsistencyCase): boolean | undefined =>
  holdsInTypeScript([claim.oldSize, claim.newSize], ([oldSize, newSize]) =>
    verifyConsistency({ ...claim, oldSize: oldSize!, newSize: newSize! }),
  );

const includedInTypeScript = (claim: InclusionCase): boolean | undefined =>
  holdsInTypeScript([claim.index, claim.size], ([index, size]) =>
    verifyInclusion({ ...claim, index: index!, size: size! }),
  );

const many = <T>(claims: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(claims, { minLength: CLAIMS, maxLength: CLAIMS, size: 'max' });

describe('consistency on chain', () => {
  it('is found in every true claim, of any size up to 2^64-1', async () => {
    await fc.assert(
      fc.asyncProperty(many(trueConsistency), async (claims) => {
        expect(claims.every(isConsistent)).toBe(true);
        expect(await ask(claims.map(consistencyCall))).toEqual(claims.map(() => true));
        expect(claims.map(consistentInTypeScript)).not.toContain(false);
      }),
      { ...LIMIT, numRuns: RUNS },
    );
  });

  it('is what RFC 6962 and the TypeScript implementation say of changed claims', async () => {
    await fc.assert(
      fc.asyncProperty(many(changedConsistency), async (claims) => {
        const expected = claims.map(isConsistent);
        expect(await ask(claims.map(consistencyCall))).toEqual(expected);
        const ours = claims.map(consistentInTypeScript);
        expect(ours).toEqual(ours.map((holds, i) => (holds === undefined ? undefined : expected[i])));
      }),
      { ...LIMIT, numRuns: RUNS },
    );
  });
});

describe('inclusion on chain', () => {
  it('is found in every true claim, of any size up to 2^64-1', async () => {
    await fc.assert(
      fc.asyncProperty(many(trueInclusion), async (claims) => {
        expect(claims.every(isIncluded)).toBe(true);
        expect(await ask(claims.map(inclusionCall))).toEqual(claims.map(() => true));
        expect(claims.map(includedInTypeScript)).not.toContain(false);
      }),
      { ...LIMIT, numRuns: RUNS },
    );
  });

  it('is what RFC 6962 and the TypeScript implementation say of changed claims', async () => {
    await fc.assert(
      fc.asyncProperty(many(changedInclusion), async (claims) => {
        const expected = claims.map(isIncluded);
        expect(await ask(claims.map(inclusionCall))).toEqual(expected);
        const ours = claims.map(includedInTypeScript);
        expect(ours).toEqual(ours.map((holds, i) => (holds === undefined ? undefined : expected[i])));
      }),
      { ...LIMIT, numRuns: RUNS },
    );
  });
});

describe('calldata that is not well formed', () => {
  const calls = fc.oneof(trueConsistency.map(consistencyCall), trueInclusion.map(inclusionCall));

  it('proves nothing when it is cut anywhere', async () => {
    const cut = fc.tuple(calls, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })).map(([call, share]) => {
      const bytes = (call.length - 2) / 2;
      return call.slice(0, 2 + 2 * (4 + Math.floor(share * (bytes - 4))));
    });
    await fc.assert(
      fc.asyncProperty(many(cut), async (data) => {
        expect(await ask(data)).toEqual(data.map(() => null));
      }),
      { ...LIMIT, numRuns: Math.ceil(RUNS / 3) },
    );
  });

  it('proves nothing when it says more hashes than it has, or a number beyond its type', async () => {
    const word = (call: string, n: number, value: bigint): string =>
      call.slice(0, 10 + 64 * n) + value.toString(16).padStart(64, '0') + call.slice(10 + 64 * (n + 1));
    const claim = fc.tuple(trueConsistency, fc.constantFrom(0n, 1n, 2n ** 59n, 2n ** 64n, 2n ** 255n)).map(
      ([c, more]) =>
        c && [
          // Words: two sizes and two roots, where the proof begins, how many hashes it has.
          word(consistencyCall(c), 5, BigInt(c.proof.length) + 1n + more),
          word(consistencyCall(c), 0, c.oldSize + 2n ** 64n + more * 2n ** 64n),
          word(consistencyCall(c), 2, c.newSize + 2n ** 64n),
          word(consistencyCall(c), 4, 2n ** 64n + more),
        ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(claim, { minLength: 25, maxLength: 25 }), async (claims) => {
        const data = claims.flat();
        expect(await ask(data)).toEqual(data.map(() => null));
      }),
      { ...LIMIT, numRuns: Math.ceil(RUNS / 3) },
    );
  });

  it('proves what it proves when more bytes follow', async () => {
    await fc.assert(
      fc.asyncProperty(many(calls), async (data) => {
        expect(await ask(data.map((call) => `${call}${'ff'.repeat(33)}`))).toEqual(data.map(() => true));
      }),
      { numRuns: 1 },
    );
  });
});

describe('published vectors on chain', () => {
  it.each(['inclusion', 'consistency'] as const)('of %s are answered as published', async (kind) => {
    const cases = publishedCases(kind);
    const answers = await ask(cases.map(({ method, args }) => callOf(method, args)));
    expect(cases.map(({ name }, i) => [name, answers[i]])).toEqual(cases.map(({ name, answer }) => [name, answer]));
  });

  (haveVectors ? it : it.skip)('are there in numbers, where the folder is', () => {
    expect(publishedCases('inclusion').length).toBeGreaterThan(25);
    expect(publishedCases('consistency').length).toBeGreaterThan(25);
  });
});
