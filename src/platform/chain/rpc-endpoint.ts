import { RpcError, rpc } from './rpc.js';

/** How long one endpoint of a pool is believed about its chain id, and put aside when it contradicted the others. */
export interface EndpointOptions {
  readonly chainId: number;
  readonly timeoutMs: number;
  readonly backoffMs: number;
  readonly asideMs: number;
}

const LONGEST_BACKOFF_MS = 30_000;
const CHAIN_ID_HOLDS_MS = 15_000;

/** The node serves another chain. Its answers are never used. */
export class WrongChainError extends Error {
  override readonly name = 'WrongChainError';
}

/** One JSON-RPC endpoint and what we think of it. */
export class RpcEndpoint {
  private failures = 0;
  private restUntil = 0;
  private aside: { readonly why: string; readonly until: number } | undefined;
  private checkedAt = -CHAIN_ID_HOLDS_MS;

  constructor(
    private readonly url: string,
    /** Host and port: what may be shown of the URL. */
    readonly label: string,
    private readonly options: EndpointOptions,
  ) {}

  /** Whether it should be asked first: it answered last time, and does not stand apart. */
  get ready(): boolean {
    return Date.now() >= this.restUntil && this.complaint === undefined;
  }

  /** Why it is put aside; undefined while it is not. */
  get complaint(): string | undefined {
    return this.aside !== undefined && Date.now() < this.aside.until ? this.aside.why : undefined;
  }

  putAside(why: string): void {
    this.aside = { why, until: Date.now() + this.options.asideMs };
  }

  /** A call of a node that was found to be on the right chain a moment ago. Throws RpcError or WrongChainError. */
  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    if (Date.now() - this.checkedAt > CHAIN_ID_HOLDS_MS) await this.checkChain();
    return this.plain(method, params);
  }

  /** Asks for the chain id. Throws WrongChainError, and puts the endpoint aside, where it is another one. */
  async checkChain(): Promise<void> {
    const found = Number(await this.plain('eth_chainId', []));
    if (found === this.options.chainId) {
      this.checkedAt = Date.now();
      return;
    }
    this.checkedAt = -CHAIN_ID_HOLDS_MS;
    const why = `it is on chain ${found}, expected ${this.options.chainId}`;
    this.putAside(why);
    throw new WrongChainError(`${this.label}: ${why}.`);
  }

  private async plain(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      const result = await rpc(this.url, method, params, this.options.timeoutMs);
      this.failures = 0;
      return result;
    } catch (error) {
      if (error instanceof RpcError && error.code !== 'RPC_REFUSED') this.rest();
      throw error;
    }
  }

  private rest(): void {
    this.restUntil = Date.now() + Math.min(LONGEST_BACKOFF_MS, this.options.backoffMs * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 16);
  }
}
