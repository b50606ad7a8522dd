import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import type { RpcCall } from '../../../../src/domain/receipt/rpc-chain.js';
import { AnchorRpc, type BlockId } from './anchor-rpc.js';
import { Alarm, Unreachable } from './findings.js';
import { httpRequest } from './http.js';
import { type Patience, retrying } from './source.js';

const LONGEST_ANSWER = 32 * 2 ** 20;

/** A node of a chain over HTTP, with bounds on time and length. */
export function nodeAt(url: string, patience: Patience): AnchorRpc {
  // The rest of the URL is often a secret of whoever pays for the node.
  const name = new URL(url).origin;
  const once = { ...patience, retriesMs: patience.retriesMs.slice(0, 1) };
  const call: RpcCall = async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const { result, error } = await retrying(() => post(url, body, patience), once).catch((failure: unknown) => {
      throw failure instanceof Unreachable ? new Unreachable(failure.message.replaceAll(url, name)) : failure;
    });
    if (error != null) throw unusable(`${method}: ${JSON.stringify(error).slice(0, 300)}`);
    if (result === undefined) throw unusable(`${method}: the answer has no result`);
    return result;
  };
  return new AnchorRpc(name, call);
}

async function post(url: string, body: string, patience: Patience): Promise<{ result?: unknown; error?: unknown }> {
  const request = { limit: LONGEST_ANSWER, patienceMs: patience.answerMs, stop: patience.stop, body };
  const { status, body: answer } = await httpRequest(url, request);
  if (answer === undefined) throw unusable(`the answer is longer than ${LONGEST_ANSWER} bytes`);
  try {
    const json = JSON.parse(new TextDecoder().decode(answer)) as unknown;
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below, as for any other answer that is no object.
  }
  throw new Unreachable(`${url} answered ${status} and no JSON-RPC`);
}

const unusable = (why: string): ReceiptError => new ReceiptError('CHAIN_UNREACHABLE', why.replace(/\s+/g, ' '));

/** True where a node gave no usable answer. */
export const isNoAnswer = (error: unknown): error is Error =>
  error instanceof Unreachable || error instanceof ReceiptError;

/** Nodes of one chain that answered, and a final block that they agree on. */
export interface Agreed {
  readonly nodes: readonly AnchorRpc[];
  readonly block: BlockId;
  /** What the others said, or did not. */
  readonly failures: readonly string[];
}

/**
 * The newest block that is final for every node that answers. Throws Unreachable where none does, an Alarm
 * (RPC_DISAGREES) where they know other blocks under its number.
 */
export async function agreedBlock(nodes: readonly AnchorRpc[]): Promise<Agreed> {
  const failures: string[] = [];
  const asked = await Promise.all(
    nodes.map(async (node) => {
      try {
        return { node, final: await node.finalized() };
      } catch (error) {
        if (!isNoAnswer(error)) throw error;
        failures.push(`${node.name}: ${error.message}`);
        return undefined;
      }
    }),
  );
  const answered = asked.filter((one) => one !== undefined);
  if (answered.length === 0) throw new Unreachable(failures.join('; '));
  const number = Math.min(...answered.map(({ final }) => final.number));
  const reached = answered.map(({ node }) => node);
  const hash = await agreed(reached, `block ${number}`, async (node) => (await node.block(number))?.hash ?? 'unknown');
  return { nodes: reached, block: { number, hash }, failures };
}

/** What all nodes answer; throws an Alarm (RPC_DISAGREES) where they do not answer the same. */
export async function agreed<T>(
  nodes: readonly AnchorRpc[],
  what: string,
  ask: (node: AnchorRpc) => Promise<T>,
): Promise<T> {
  const answers = await Promise.all(nodes.map(ask));
  const first = JSON.stringify(answers[0]);
  const other = answers.findIndex((answer) => JSON.stringify(answer) !== first);
  if (other < 0) return answers[0]!;
  throw new Alarm(
    'RPC_DISAGREES',
    `The nodes disagree on ${what}: ${nodes[0]!.name} says ${first.slice(0, 300)}, ` +
      `${nodes[other]!.name} says ${JSON.stringify(answers[other])?.slice(0, 300)}.`,
  );
}
