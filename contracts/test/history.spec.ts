import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Interface, ZeroAddress, ZeroHash, getBytes, hexlify } from 'ethers';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorAbi } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { RpcError, rpc } from '../../src/platform/chain/rpc.js';
import { type TestChain, startChain } from './anvil.js';
import { GeneratedLog } from './logs.js';
import { isConsistent } from './claims.js';

/** Random histories: three keys, four logs of theirs, and every one of them tries everything. */
const RUNS = Number(process.env['FAST_CHECK_RUNS'] ?? 20);
/** Looking for a smaller counterexample ends before jest does, so that there is one to see. */
const LIMIT_MS = 40_000;
const KEYS = 3;
const MOST = 40;

const contract = new Interface(checkpointAnchorAbi);

/** What a publisher may have: its true log, and histories that leave it at some leaf. */
const branches = [MOST, 0, 1, 7, 20, 33].map((fork) => {
  const log = new GeneratedLog(MOST);
  const other = new GeneratedLog(MOST, `fork at ${fork}`);
  log.leaves.splice(fork, MOST, ...other.leaves.slice(fork));
  return log;
});

interface Head {
  readonly root: string;
  readonly publisher: string;
  readonly size: number;
}
const NEVER: Head = { root: ZeroHash, publisher: ZeroAddress, size: 0 };

/** The contract as a person would tell it, with RFC 6962 by recursion. */
class Model {
  readonly heads = new Map<string, Head>();
  readonly successors = new Map<string, string>();
  /** Every head that a log ever had. */
  readonly accepted = new Map<string, Head[]>();

  head(logId: string): Head {
    return this.heads.get(logId) ?? NEVER;
  }

  /** The name of the error, or undefined where the anchor is taken. */
  anchor(sender: string, { logId, size, root, proof }: AnchorCall): string | undefined {
    const head = this.head(logId);
    if (head.publisher === ZeroAddress) {
      if (!logId.startsWith(sender.toLowerCase())) return 'NotPublisher';
      if (size === 0) return 'EmptyTree';
      if (proof.length > 0) return 'Inconsistent';
    } else {
      if (head.publisher !== sender) return 'NotPublisher';
      if (size < head.size) return 'Shrunk';
      if (size === head.size && hexlify(root) !== head.root) return 'Forked';
      const [oldSize, newSize] = [BigInt(head.size), BigInt(size)];
      const claim = { oldSize, oldRoot: getBytes(head.root), newSize, newRoot: root, proof };
      if (!isConsistent(claim)) return 'Inconsistent';
      if (size === head.size) return undefined;
    }
    const next = { root: hexlify(root), publisher: sender, size };
    this.heads.set(logId, next);
    this.accepted.set(logId, [...(this.accepted.get(logId) ?? []), next]);
    return undefined;
  }

  rotate(sender: string, logId: string, to: string): string | undefined {
    if (this.head(logId).publisher !== sender) return 'NotPublisher';
    this.successors.set(logId, to);
    return undefined;
  }

  acceptRotation(sender: string, logId: string): string | undefined {
    if (this.successors.get(logId) !== sender) return 'NotSuccessor';
    this.successors.set(logId, ZeroAddress);
    this.heads.set(logId, { ...this.head(logId), publisher: sender });
    return undefined;
  }
}

interface AnchorCall {
  readonly logId: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

const key = fc.nat(KEYS - 1);
const LOGS = 4;
const anyLog = fc.nat(LOGS - 1);
const branch = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(branches.length - 1));
/** Mostly the log's own publisher (undefined), and mostly some more leaves. */
const sender = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, key);
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('anchor' as const),
      sender,
      log: anyLog,
      branch,
      growth: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: -MOST, max: MOST })),
      /** From which branch the proof is, and from how far beside the anchored size. */
      proof: fc.oneof(
        { weight: 4, arbitrary: fc.constant('own' as const) },
        fc.constantFrom('true' as const, 'none' as const, 'beside' as const, 'cut' as const),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('rotate' as const), sender, log: anyLog, to: fc.option(key) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('acceptRotation' as const), sender, log: anyLog }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

let chain: TestChain;
let address: string;
let addresses: string[];
let histories = 0;

beforeAll(async () => {
  chain = await startChain();
  address = await deployCheckpointAnchor(chain.wallet(9));
  addresses = Array.from({ length: KEYS }, (_, n) => chain.wallet(n).address);
});

afterAll(() => chain.stop());

/** Sends what must be sent whatever it does, and answers the contract's error where it refuses. */
async function send(from: string, data: string): Promise<string | undefined> {
  const transaction = { from, to: address, data, gas: '0x7a120' };
  const refusal = await rpc(chain.url, 'eth_call', [transaction, 'latest']).then(
    () => undefined,
    (error: unknown) => error,
  );
  const hash = await rpc(chain.url, 'eth_sendTransaction', [transaction]);
  expect(await statusOf(hash)).toBe(refusal === undefined ? '0x1' : '0x0');
  return refusal === undefined ? undefined : nameOf(refusal);
}

/** Mining is not over when the node has taken a transaction. */
async function statusOf(hash: unknown): Promise<string> {
  for (;;) {
    const receipt = (await rpc(chain.url, 'eth_getTransactionReceipt', [hash])) as { status: string } | null;
    if (receipt !== null) return receipt.status;
    await delay(2);
  }
}

async function headOf(logId: string): Promise<Head> {
  const data = contract.encodeFunctionData('heads', [logId]);
  const answer = String(await rpc(chain.url, 'eth_call', [{ to: address, data }, 'latest']));
  const [root, publisher, size] = contract.decodeFunctionResult('heads', answer) as unknown as [string, string, bigint];
  return { root, publisher, size: Number(size) };
}

function callOf(model: Model, logId: string, a: Extract<Action, { does: 'anchor' }>): AnchorCall {
  const { size: anchored } = model.head(logId);
  const size = Math.min(MOST, Math.max(0, anchored + a.growth));
  const own = branches[a.branch]!;
  const grows = anchored > 0 && size > anchored;
  const from = (log: GeneratedLog, old: number): Uint8Array[] => (grows && old > 0 ? log.consistency(old, size) : []);
  const proof = {
    own: () => from(own, anchored),
    true: () => from(branches[0]!, anchored),
    none: () => [],
    beside: () => from(own, Math.max(1, anchored - 1)),
    cut: () => from(own, anchored).slice(1),
  }[a.proof]();
  return { logId, size, root: own.root(size), proof };
}

describe('random histories', () => {
  it('leave the contract where the rules leave it, and its events tell all of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 60 }), async (actions) => {
        const model = new Model();
        const first = Number(await rpc(chain.url, 'eth_blockNumber')) + 1;
        const logIds = Array.from({ length: LOGS }, (_, n) =>
          chainLogId(addresses[n % KEYS]!, `history ${histories} log ${n}`),
        );
        histories += 1;
        for (const each of actions) await take(each, model, logIds[each.log]!);
        for (const logId of logIds) {
          expect(await headOf(logId)).toEqual(model.head(logId));
          expectNoContradiction(model.accepted.get(logId) ?? []);
        }
        expect(await story(first, logIds)).toEqual(new Map(model.heads));
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: true },
    );
  });
});

async function take(each: Action, model: Model, logId: string): Promise<void> {
  const before = model.head(logId);
  const owner = before.publisher === ZeroAddress ? addressIn(logId) : before.publisher;
  const from = each.sender === undefined ? usual(each, model, logId, owner) : addresses[each.sender]!;
  const [data, expected] = carriedOut(each, model, logId, from);
  expect(await send(from, data)).toBe(expected);
  const after = await headOf(logId);
  expect(after).toEqual(model.head(logId));
  expect(after.size).toBeGreaterThanOrEqual(before.size);
}

/** Who would do it: the one to whom the log is offered takes it over, the publisher does the rest. */
function usual({ does }: Action, model: Model, logId: string, owner: string): string {
  const offered = model.successors.get(logId) ?? ZeroAddress;
  return does === 'acceptRotation' && offered !== ZeroAddress ? offered : owner;
}

function carriedOut(each: Action, model: Model, logId: string, from: string): [data: string, expected?: string] {
  switch (each.does) {
    case 'anchor': {
      const call = callOf(model, logId, each);
      const data = contract.encodeFunctionData('anchor', [logId, call.size, call.root, [...call.proof]]);
      return [data, model.anchor(from, call)];
    }
    case 'rotate': {
      const to = each.to === null ? ZeroAddress : addresses[each.to]!;
      return [contract.encodeFunctionData('rotate', [logId, to]), model.rotate(from, logId, to)];
    }
    case 'acceptRotation':
      return [contract.encodeFunctionData('acceptRotation', [logId]), model.acceptRotation(from, logId)];
  }
}

const addressIn = (logId: string): string => addresses.find((one) => logId.startsWith(one.toLowerCase()))!;

/** The name of the contract's error that a node gave. */
function nameOf(error: unknown): string {
  if (!(error instanceof RpcError) || error.data === undefined) throw error;
  return contract.parseError(error.data)?.name ?? error.data;
}

/** All heads that a log ever had are prefixes of one history. */
function expectNoContradiction(heads: readonly Head[]): void {
  const isOf = (log: GeneratedLog) => heads.every(({ size, root }) => hexlify(log.root(size)) === root);
  expect(branches.some(isOf)).toBe(true);
  for (const [i, { size }] of heads.entries()) expect(size).toBeGreaterThan(heads[i - 1]?.size ?? 0);
}

/** Where the heads are, told from the contract's events alone. */
async function story(fromBlock: number, logIds: readonly string[]): Promise<Map<string, Head>> {
  const filter = { address, fromBlock: `0x${fromBlock.toString(16)}`, toBlock: 'latest' };
  const logs = (await rpc(chain.url, 'eth_getLogs', [filter])) as { topics: string[]; data: string }[];
  const heads = new Map<string, Head>();
  for (const log of logs) {
    const { name, args } = contract.parseLog(log)!;
    const logId = String(args['logId']);
    expect(logIds).toContain(logId);
    const head = heads.get(logId) ?? { ...NEVER, publisher: addressIn(logId) };
    if (name === 'Anchored') heads.set(logId, { ...head, size: Number(args['size']), root: String(args['root']) });
    if (name === 'Rotated') heads.set(logId, { ...head, publisher: String(args['publisher']) });
  }
  return heads;
}
