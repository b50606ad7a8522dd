import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorAddress } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { AnchorClient } from './anchor-client.js';
import { type TestChain, startChain } from './anvil.js';
import { type AnchorGas, GAS_CASES, gasOf } from './gas-cases.js';
import { UniformLog } from './logs.js';

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

it('an anchor costs what gas.json says; UPDATE_GAS=1 writes it anew', async () => {
  const measured: Record<string, AnchorGas> = {};
  for (const [name, sizes] of Object.entries(GAS_CASES)) measured[name] = await gasOf(anchor, publisher, sizes);
  if (process.env['UPDATE_GAS'] === '1') writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
  expect(measured).toEqual(JSON.parse(readFileSync(SNAPSHOT, 'utf8')));
});

it('an anchor at a million entries stays below 65,000 gas', async () => {
  const { next } = await gasOf(anchor, publisher, [1_048_575, 1_090_241], 'bar');
  expect(next).toBeLessThan(65_000);
});

it('a real tree of a billion equal leaves costs what the simulated one costs', async () => {
  const log = new UniformLog();
  const [oldSize, newSize] = GAS_CASES['1 billion entries (simulated)']!;
  const logId = chainLogId(publisher, 'a billion');
  await anchor.anchor(logId, oldSize, log.root(oldSize));
  const { gasUsed } = await anchor.anchor(logId, newSize, log.root(newSize), log.consistency(oldSize, newSize));
  const { next } = await gasOf(anchor, publisher, [oldSize, newSize], 'simulated');
  // Zeros are cheaper in calldata, and there is no telling how many a hash has.
  expect(Math.abs(Number(gasUsed) - next)).toBeLessThan(300);
});
