import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import type { RpcCall } from '../../../src/domain/receipt/rpc-chain.js';

const PATIENCE_MS = 20_000;

/** Ethereum's JSON-RPC over HTTP, one call a request. */
export function httpRpc(url: string): RpcCall {
  return async (method, params) => {
    const answer = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    const { result, error } = parsed(answer);
    if (error !== undefined) throw unreachable(`${method}: ${JSON.stringify(error)?.slice(0, 300)}`);
    if (result === undefined) throw unreachable(`${method}: the answer has no result`);
    return result;
  };
}

async function post(url: string, body: string): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return await response.text();
  } catch (error) {
    throw unreachable(error instanceof Error ? error.message : String(error));
  }
}

function parsed(answer: string): { result?: unknown; error?: unknown } {
  try {
    const json = JSON.parse(answer) as unknown;
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below, as for any other answer that is no object.
  }
  throw unreachable('the answer is not JSON-RPC');
}

const unreachable = (why: string): ReceiptError =>
  new ReceiptError('CHAIN_UNREACHABLE', `The JSON-RPC node gave no usable answer (${why}).`);
