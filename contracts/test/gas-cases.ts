import { chainLogId } from '../../src/domain/tlog/index.js';
import type { AnchorClient } from './anchor-client.js';
import { simulatedGrowth } from './logs.js';

/** Gas of the first anchor of a log and of the next one, and the hashes that prove it. */
export interface AnchorGas {
  readonly first: number;
  readonly next: number;
  readonly proof: number;
}

/** What gas.json names: an hour's growth that is as dear as any near its size, because no subtree lines up. */
export const GAS_CASES: Readonly<Record<string, readonly [oldSize: number, newSize: number]>> = {
  'one proof hash': [1, 2],
  '1 thousand entries': [901, 1_003],
  '1 million entries': [1_000_001, 1_041_667],
  '1 million entries, longest proof': [1_048_575, 1_090_241],
  '1 billion entries (simulated)': [1_000_000_001, 1_000_041_667],
};

/** What it really costs on a chain to take a log of its own from one size to another. */
export async function gasOf(
  anchor: AnchorClient,
  publisher: string,
  [oldSize, newSize]: readonly [number, number],
  origin = 'gas',
): Promise<AnchorGas> {
  const { oldRoot, newRoot, proof } = simulatedGrowth(oldSize, newSize);
  const logId = chainLogId(publisher, `${origin} ${oldSize} ${newSize}`);
  const first = await anchor.anchor(logId, oldSize, oldRoot);
  const next = await anchor.anchor(logId, newSize, newRoot, proof);
  return { first: Number(first.gasUsed), next: Number(next.gasUsed), proof: proof.length };
}
