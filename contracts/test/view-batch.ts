import { Interface } from 'ethers';
import { checkpointAnchorAbi } from '../../src/platform/chain/generated/checkpoint-anchor.js';

const contract = new Interface(checkpointAnchorAbi);

/** Calldata of a view. */
export const callOf = (method: string, args: readonly unknown[]): string => contract.encodeFunctionData(method, args);

interface Answer {
  readonly id: number;
  readonly result?: string;
  readonly error?: { readonly message: string; readonly data?: unknown };
}

/** Answers of many calls of one contract in one request: true, false, or null where it reverts without a reason. */
export async function askAll(url: string, to: string, calls: readonly string[]): Promise<(boolean | null)[]> {
  const body = calls.map((data, id) => ({ jsonrpc: '2.0', id, method: 'eth_call', params: [{ to, data }, 'latest'] }));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answers = (await response.json()) as Answer[];
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return calls.map((_, id) => verdictOf(byId.get(id)));
}

function verdictOf(answer: Answer | undefined): boolean | null {
  if (answer?.result !== undefined) return BigInt(answer.result) === 1n;
  if (answer?.error !== undefined && /revert/i.test(answer.error.message)) return null;
  throw new Error(`Expected an answer or a revert, got ${JSON.stringify(answer)}.`);
}
