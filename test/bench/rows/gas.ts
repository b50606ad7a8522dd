import { AnchorClient } from '../../../contracts/test/anchor-client.js';
import { startChain } from '../../../contracts/test/anvil.js';
import { UniformLog } from '../../../contracts/test/logs.js';
import { chainLogId } from '../../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../../src/platform/chain/deploy.js';
import type { Result, Row } from '../row.js';

/** A log of so many entries, and what it grows by in an hour. */
interface Stage {
  readonly name: string;
  readonly size: number;
  readonly hourly: number;
}

const MILLION_A_DAY = Math.ceil(1_000_000 / 24);
const STAGES: readonly Stage[] = [
  { name: '10^3', size: 1_000, hourly: Math.ceil(1_000 / 24) },
  { name: '10^6', size: 1_000_000, hourly: MILLION_A_DAY },
  { name: '10^9', size: 1_000_000_000, hourly: MILLION_A_DAY },
];
const ANCHORS = 24;
const USD_PER_ETH = 2_000;
/** What a unit of gas costs, in gwei. The second layer's own gas; what it pays to the first for data is not in it. */
const PRICES = [
  ['first layer at 0.1 gwei', 0.1],
  ['first layer at 1 gwei', 1],
  ['first layer at 10 gwei', 10],
  ['second layer at 0.01 gwei', 0.01],
] as const;

/** Gas of a day's hourly anchors on a chain, at growing sizes of the log, and what that costs. */
export const gas: Row = async () => {
  const chain = await startChain();
  try {
    const { address } = chain.wallet(0);
    const anchor = new AnchorClient(await deployCheckpointAnchor(chain.wallet(1)), chain.wallet(0));
    const results: Result[] = [];
    for (const stage of STAGES) {
      const day = await dayOf(stage, anchor, address);
      results.push(perAnchor(stage, day));
      if (stage.hourly === MILLION_A_DAY) results.push(...costs(stage, day));
    }
    return results;
  } finally {
    await chain.stop();
  }
};

/** The gas of every anchor of a day. The trees are real ones, of equal entries. */
async function dayOf({ name, size, hourly }: Stage, anchor: AnchorClient, publisher: string): Promise<number[]> {
  const log = new UniformLog();
  const logId = chainLogId(publisher, `bench ${name}`);
  await anchor.anchor(logId, size, log.root(size));
  const used: number[] = [];
  for (let hour = 0, at = size; hour < ANCHORS; hour++, at += hourly) {
    const next = at + hourly;
    used.push(Number((await anchor.anchor(logId, next, log.root(next), log.consistency(at, next))).gasUsed));
  }
  return used;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

function perAnchor({ name, hourly }: Stage, day: readonly number[]): Result {
  const dearest = Math.max(...day);
  const bars = [{ what: 'gas', bar: 65_000, got: dearest, sense: 'at most' as const }];
  const work = `anchor at ${name} entries, ${hourly.toLocaleString('en')} more an hour: mean of 24, dearest ${dearest.toLocaleString('en')}`;
  return { row: 'gas', work, value: mean(day), unit: 'gas', bars: name === '10^6' ? bars : [] };
}

const costs = ({ name }: Stage, day: readonly number[]): Result[] =>
  PRICES.map(([where, gwei]) => ({
    row: 'gas',
    work: `hourly anchors of 1,000,000 events a day at ${name} entries, ${where}, ETH at $${USD_PER_ETH.toLocaleString('en')}`,
    value: ANCHORS * mean(day) * gwei * 1e-9 * USD_PER_ETH,
    unit: '$ a million events',
    bars: [],
  }));
