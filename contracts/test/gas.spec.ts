import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorAddress } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { AnchorClient } from './anchor-client.js';
import { type TestChain, startChain } from './anvil.js';
import { simulatedGrowth } from './logs.js';

const SNAPSHOT = join(import.meta.dirname, '../gas.json');

let chain: TestChain;
let anchor: AnchorClient;
let publisher: string;

beforeAll(async () => {
  chain = await startChain();
  publisher = chain.wallet(0).address;
  await deployCheckpointAnchor(chain.wallet(1));
  anchor = new AnchorClient(checkpointAnchorAddress, chain.wallet(0));
});

afterAll(() => chain.stop());

/** Gas of the first anchor of a log and of the next one, which takes it from one size to another. */
async function gasOf(
  oldSize: number,
  newSize: number,
  origin = 'gas',
): Promise<{ first: number; next: number; proof: number }> {
  const { oldRoot, newRoot, proof } = simulatedGrowth(oldSize, newSize);
  const logId = chainLogId(publisher, `${origin} ${oldSize} ${newSize}`);
  const first = await anchor.anchor(logId, oldSize, oldRoot);
  const next = await anchor.anchor(logId, newSize, newRoot, proof);
  return { first: Number(first.gasUsed), next: Number(next.gasUsed), proof: proof.length };
}

/** An hour's growth that is as dear as any near its size: no subtree lines up. */
const growths: Record<string, readonly [number, number]> = {
  'one proof hash': [1, 2],
  '1 thousand entries': [901, 1_003],
  '1 million entries': [1_000_001, 1_041_667],
  '1 million entries, longest proof': [1_048_575, 1_090_241],
  '1 billion entries (simulated)': [1_000_000_001, 1_000_041_667],
};

it('an anchor costs what gas.json says; UPDATE_GAS=1 writes it anew', async () => {
  const measured: Record<string, Awaited<ReturnType<typeof gasOf>>> = {};
  for (const [name, [oldSize, newSize]] of Object.entries(growths)) measured[name] = await gasOf(oldSize, newSize);
  if (process.env['UPDATE_GAS'] === '1') writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
  expect(measured).toEqual(JSON.parse(readFileSync(SNAPSHOT, 'utf8')));
});

it('an anchor at a million entries stays below 65,000 gas', async () => {
  const { next } = await gasOf(1_000_001, 1_041_667, 'bar');
  expect(next).toBeLessThan(65_000);
});
