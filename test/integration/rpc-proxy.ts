import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { rpc } from '../../src/platform/chain/rpc.js';

/** How a proxy misbehaves; everything else is passed on. */
export interface Faults {
  /** Shows the chain as it was so many blocks ago, and no receipt that is newer. */
  lag?: number;
  /** Keeps the connection open and never answers. */
  hangs?: boolean;
  /** Answers this HTTP status. */
  status?: number;
  /** Answers this text. */
  garbage?: string;
  chainId?: number;
  /** Answers null to these methods. */
  nulls?: readonly string[];
  /** Takes transactions and never hands them on. */
  forgets?: boolean;
  /** Another answer to a call than the node's: gets what the node said. */
  lie?: (method: string, params: readonly unknown[], truth: unknown) => unknown;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** An HTTP proxy in front of a node, which lags, hangs, lies or forgets when told. */
export class RpcProxy {
  faults: Faults = {};
  /** Methods that were called. */
  readonly calls: string[] = [];

  private constructor(
    private readonly target: string,
    private readonly server: Server,
  ) {}

  static async start(target: string): Promise<RpcProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new RpcProxy(target, server);
    server.on('request', (request, response) => void proxy.handle(request, response));
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  get url(): string {
    return `http://${this.host}/v3/secret-of-the-url`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { hangs, status, garbage } = this.faults;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = JSON.parse(Buffer.concat(chunks).toString()) as Call;
    this.calls.push(call.method);
    if (hangs === true) return;
    if (status !== undefined) return void response.writeHead(status).end('busy');
    if (garbage !== undefined) return void response.end(garbage);
    const body = await this.answer(call).then(
      (result) => ({ result }),
      (error: Error & { details?: { code?: unknown; data?: unknown } }) => ({
        error: { message: error.message, ...error.details },
      }),
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...body }));
  }

  private async answer({ method, params }: Call): Promise<unknown> {
    const { chainId, nulls, forgets, lie } = this.faults;
    if (method === 'eth_chainId' && chainId !== undefined) return `0x${chainId.toString(16)}`;
    if (nulls?.includes(method) === true) return null;
    if (method === 'eth_sendRawTransaction' && forgets === true) return `0x${'11'.repeat(32)}`;
    const truth = await this.lagging(method, params);
    return lie === undefined ? truth : lie(method, params, truth);
  }

  private async lagging(method: string, params: readonly unknown[]): Promise<unknown> {
    const { lag = 0 } = this.faults;
    if (lag === 0) return rpc(this.target, method, params);
    const tip = Number(await rpc(this.target, 'eth_blockNumber')) - lag;
    const [first, ...rest] = params;
    if (method === 'eth_blockNumber') return `0x${tip.toString(16)}`;
    if (method === 'eth_getBlockByNumber') {
      const number = first === 'latest' ? tip : first === 'finalized' ? tip - 2 : Number(first);
      return number > tip ? null : rpc(this.target, method, [`0x${Math.max(0, number).toString(16)}`, ...rest]);
    }
    const answer = (await rpc(this.target, method, params)) as { blockNumber?: string } | null;
    const isNewer = answer?.blockNumber !== undefined && Number(answer.blockNumber) > tip;
    return method === 'eth_getTransactionReceipt' && isNewer ? null : answer;
  }
}
