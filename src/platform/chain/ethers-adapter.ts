import {
  AbstractSigner,
  JsonRpcApiProvider,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
  Network,
  type Provider,
  type TransactionRequest,
  type TransactionLike,
  copyRequest,
} from 'ethers';
import { RpcError } from './rpc.js';
import type { RpcPool } from './rpc-pool.js';
import type { TransactionSigner } from './signers/signer.js';

/** ethers over a pool of endpoints: for what ethers does well, and is no evidence. */
export class PoolProvider extends JsonRpcApiProvider {
  constructor(
    private readonly rpcPool: RpcPool,
    chainId: number,
  ) {
    const network = Network.from(chainId);
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 500 });
    this._start();
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const calls = Array.isArray(payload) ? payload : [payload];
    return Promise.all(calls.map((call) => this.answer(call)));
  }

  private async answer({ id, method, params }: JsonRpcPayload): Promise<JsonRpcResult | JsonRpcError> {
    try {
      return { id, result: await this.rpcPool.call(method, params as unknown[]) };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return { id, error: { code: Number(error.details['code'] ?? -32000), message: error.message, data: error.data } };
    }
  }
}

/** Any signer of ours as one of ethers'. It signs transactions and nothing else, and offers no more than `maxFee` wei for gas. */
export class EthersSigner extends AbstractSigner {
  constructor(
    private readonly signer: TransactionSigner,
    provider: Provider,
    private readonly maxFee?: bigint,
  ) {
    super(provider);
  }

  override getAddress(): Promise<string> {
    return Promise.resolve(this.signer.address);
  }

  override connect(provider: Provider): EthersSigner {
    return new EthersSigner(this.signer, provider, this.maxFee);
  }

  override signTransaction(request: TransactionRequest): Promise<string> {
    const { from, ...transaction } = copyRequest(request);
    if (from !== undefined && from !== null && from !== this.signer.address) {
      throw new TypeError(`Expected a transaction from ${this.signer.address}, got one from ${String(from)}.`);
    }
    return this.signer.sign({ ...transaction, ...this.capped(transaction) } as TransactionLike);
  }

  /** What a node suggests may be anything. */
  private capped(transaction: TransactionRequest): Record<string, bigint> {
    const { maxFee } = this;
    const fees: Record<string, bigint> = {};
    for (const name of ['gasPrice', 'maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
      const asked = transaction[name];
      if (maxFee !== undefined && asked != null && BigInt(asked) > maxFee) fees[name] = maxFee;
    }
    return fees;
  }

  override signMessage(): Promise<string> {
    return Promise.reject(new TypeError('This signer signs transactions only.'));
  }

  override signTypedData(): Promise<string> {
    return Promise.reject(new TypeError('This signer signs transactions only.'));
  }
}
