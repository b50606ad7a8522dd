import { DomainError } from '../../domain/errors.js';

/**
 * Why one JSON-RPC call gave no result. RPC_REFUSED: the node answered with an error of its own (`data` is what it left
 * beside it). All others say nothing about the chain: no answer in time, no connection, a status such as 429 or 503 (or
 * a JSON error that means the same), or a body that is not JSON-RPC.
 */
export class RpcError extends DomainError<
  'RPC_REFUSED' | 'RPC_TIMEOUT' | 'RPC_UNREACHABLE' | 'RPC_HTTP' | 'RPC_MALFORMED'
> {
  override readonly name = 'RpcError';

  /** Revert data of a refused call, 0x and hex; undefined where the node gave none. */
  get data(): string | undefined {
    const { data } = this.details;
    return typeof data === 'string' && data.startsWith('0x') ? data : undefined;
  }
}

const TIMEOUT_MS = 5000;
/** More than any block or proof has. */
const MOST_BYTES = 16 * 1024 * 1024;
const BUSY = /rate.?limit|too many requests|capacity|limit exceeded|try again/i;
const BUSY_CODES = new Set([-32005, 429]);

/**
 * One JSON-RPC call over HTTP; answers `result`. A URL may carry `user:password@`, which is sent as Basic. Throws RpcError, whose
 * message names neither URL nor parameters: both may hold secrets.
 */
export async function rpc(
  url: string,
  method: string,
  params: readonly unknown[] = [],
  timeoutMs = TIMEOUT_MS,
): Promise<unknown> {
  const { status, body } = await post(url, method, params, timeoutMs);
  const answer = parsed(body);
  const error = member(answer, 'error');
  if (status === 429 || status >= 500 || (status >= 400 && error === undefined)) {
    throw new RpcError('RPC_HTTP', `${method}: the node answered with status ${status}.`, { status });
  }
  if (error !== undefined && error !== null) throw refusal(method, error);
  const result = member(answer, 'result');
  if (result !== undefined) return result;
  throw new RpcError('RPC_MALFORMED', `${method}: expected a JSON-RPC answer, got something else.`);
}

async function post(url: string, method: string, params: readonly unknown[], timeoutMs: number) {
  const { target, headers } = addressed(url);
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(target, { method: 'POST', headers, body, signal });
    return { status: response.status, body: await textOf(response) };
  } catch (error) {
    if (error instanceof RangeError) throw new RpcError('RPC_MALFORMED', `${method}: ${error.message}`);
    if ((error as Error).name === 'TimeoutError') {
      throw new RpcError('RPC_TIMEOUT', `${method}: no answer within ${timeoutMs} ms.`);
    }
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    throw new RpcError('RPC_UNREACHABLE', `${method}: no connection (${code ?? 'failed'}).`);
  }
}

/** The body, of which a node that is broken may send without end. Throws RangeError. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array);
    length += (part as Uint8Array).length;
    if (length > MOST_BYTES) throw new RangeError(`expected at most ${MOST_BYTES} bytes, got more.`);
  }
  return Buffer.concat(parts).toString();
}

/** fetch takes no URL with credentials in it. */
function addressed(url: string): { target: string; headers: Record<string, string> } {
  const target = new URL(url);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (target.username !== '') {
    const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    target.username = '';
    target.password = '';
  }
  return { target: target.href, headers };
}

function refusal(method: string, error: unknown): RpcError {
  const message = String(member(error, 'message') ?? 'no message').slice(0, 300);
  const code = member(error, 'code');
  if (BUSY_CODES.has(Number(code)) || BUSY.test(message)) {
    return new RpcError('RPC_HTTP', `${method}: the node is busy: ${message}`, { code });
  }
  const data = member(error, 'data');
  return new RpcError('RPC_REFUSED', `${method}: ${message}`, { code, data: member(data, 'data') ?? data });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
