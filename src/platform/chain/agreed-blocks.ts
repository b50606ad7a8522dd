import type { RpcEndpoint } from './rpc-endpoint.js';
import { RpcError } from './rpc.js';
import { type RpcPool, RpcPoolError } from './rpc-pool.js';

/** When a block counts as final: where the chain's nodes say so, or so many blocks behind the newest. */
export type Finality = 'finalized' | { readonly blocks: number };

/** A block that enough endpoints show alike. `baseFee` is 0 on a chain before EIP-1559. */
export interface AgreedBlock {
  readonly number: number;
  /** 0x and 64 lower-case hex digits. */
  readonly hash: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly baseFee: bigint;
  /** Who showed it; to be asked about its state. */
  readonly endpoints: readonly RpcEndpoint[];
}

/** The chain's tip as enough endpoints know it, and its newest final block. */
export interface AgreedBlocks {
  readonly latest: AgreedBlock;
  readonly final: AgreedBlock;
}

/** Of the year 9999. */
const LAST_SECOND = 253_402_300_799;
/** A tip that was just reorganised is looked for so many blocks further back. */
const TIP_TOLERANCE = 3;

/**
 * Agreement is always about one block. Heights are those that enough endpoints have reached: one that lags or lost its
 * state is simply not counted, and one that runs ahead convinces nobody. Throws RpcPoolError.
 */
export async function agreedBlocks(pool: RpcPool, finality: Finality): Promise<AgreedBlocks> {
  const votes = await pool.poll(async (endpoint) => {
    const [latest, final] = await Promise.all([
      heightOf(endpoint, 'latest'),
      finality === 'finalized' ? heightOf(endpoint, 'finalized') : undefined,
    ]);
    return { latest, final: final ?? Math.max(0, latest - (finality === 'finalized' ? 0 : finality.blocks)) };
  });
  const seen = votes.flatMap((vote) => ('value' in vote ? [{ endpoint: vote.endpoint, ...vote.value }] : []));
  if (seen.length < pool.agreement) throw pool.unreachable(votes);
  const latestNumber = reached(
    seen.map(({ latest }) => latest),
    pool.agreement,
  );
  const latest = await tip(pool, latestNumber, seen);
  const finalNumber = Math.min(
    latest.number,
    reached(
      seen.map(({ final }) => final),
      pool.agreement,
    ),
  );
  const final = await blockAt(
    pool,
    finalNumber,
    seen.filter((each) => each.final >= finalNumber).map((each) => each.endpoint),
    true,
  );
  pool.prefer(latest.endpoints);
  return { latest, final };
}

/** The greatest height that so many of the endpoints have reached. */
function reached(heights: readonly number[], agreement: number): number {
  return [...heights].sort((a, b) => b - a)[agreement - 1] ?? 0;
}

async function tip(
  pool: RpcPool,
  from: number,
  seen: readonly { endpoint: RpcEndpoint; latest: number }[],
): Promise<AgreedBlock> {
  for (let back = 0; ; back++) {
    const number = Math.max(0, from - back);
    const endpoints = seen.filter(({ latest }) => latest >= number).map(({ endpoint }) => endpoint);
    try {
      return await blockAt(pool, number, endpoints, false);
    } catch (error) {
      const reorganised = error instanceof RpcPoolError && error.code === 'RPC_DISAGREES';
      if (!reorganised || back >= TIP_TOLERANCE || number === 0) throw error;
    }
  }
}

async function blockAt(
  pool: RpcPool,
  number: number,
  among: readonly RpcEndpoint[],
  blame: boolean,
): Promise<AgreedBlock> {
  const ask = async (endpoint: RpcEndpoint) =>
    readBlock(await endpoint.call('eth_getBlockByNumber', [quantityHex(number), false]));
  const { value, endpoints } = await pool.agree(`block ${number}`, ask, among, blame);
  if (value.number !== number) throw malformed('eth_getBlockByNumber', `block ${number}`);
  return { ...value, endpoints };
}

async function heightOf(endpoint: RpcEndpoint, tag: 'latest' | 'finalized'): Promise<number> {
  if (tag === 'latest') await endpoint.checkChain();
  return readBlock(await endpoint.call('eth_getBlockByNumber', [tag, false])).number;
}

/** The parts of a block that we use. A null block is no answer: throws RpcError RPC_MALFORMED. */
export function readBlock(block: unknown): Omit<AgreedBlock, 'endpoints'> {
  const { number, hash, timestamp, baseFeePerGas } = (block ?? {}) as Record<string, unknown>;
  if (typeof hash !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(hash)) throw malformed('eth_getBlock', 'a block');
  const baseFee = baseFeePerGas === undefined || baseFeePerGas === null ? 0n : quantity(baseFeePerGas);
  return {
    number: safeQuantity(number),
    hash: hash.toLowerCase(),
    time: safeQuantity(timestamp, LAST_SECOND),
    baseFee,
  };
}

/** A QUANTITY of the JSON-RPC specification. Throws RpcError RPC_MALFORMED. */
export function quantity(value: unknown): bigint {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value)) return BigInt(value);
  throw malformed('an answer', 'a quantity in hex');
}

/** A QUANTITY that is a safe integer, at most `most`: a node's nonsense must fail here and not in the database. */
export function safeQuantity(value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(quantity(value));
  if (number <= most) return number;
  throw malformed('an answer', `a quantity of at most ${most}`);
}

export const quantityHex = (value: number | bigint): string => `0x${value.toString(16)}`;

const malformed = (where: string, expected: string): RpcError =>
  new RpcError('RPC_MALFORMED', `${where}: expected ${expected}, got something else.`);
