import { Interface, type Log as ChainLog, type TransactionReceipt, hexlify, isError, keccak256 } from 'ethers';
import type { Chain } from '../../platform/chain/chain.js';
import { deployCheckpointAnchor } from '../../platform/chain/deploy.js';
import { checkpointAnchorAbi } from '../../platform/chain/generated/checkpoint-anchor.js';
import { rpc } from '../../platform/chain/rpc.js';
import {
  type AnchorCall,
  type AnchorChain,
  AnchorRefusedError,
  type ChainHead,
  type ChainView,
  type SignedTransaction,
  type TimedInclusion,
} from './chain-port.js';
import { type Fees, firstFees } from './fees.js';

const contract = new Interface(checkpointAnchorAbi);
const ENOUGH_FOR_AN_EMBEDDED_PUBLISHER = '0xd3c21bcecceda1000000';
const DEFAULT_TIP = 1_000_000_000n;

/** What nodes say about a transaction that they have, or that is behind them. Neither is a failure of sending. */
const HARMLESS = /already known|already imported|known transaction|nonce too low|nonce has already been used/i;

/** CheckpointAnchor through an Ethereum JSON-RPC node. */
export class EvmAnchorChain implements AnchorChain {
  constructor(private readonly chain: Chain) {}

  get chainId(): number {
    return this.chain.chainId;
  }

  get contract(): string {
    return this.chain.contract.toLowerCase();
  }

  get publisher(): string {
    return this.chain.publisher.address.toLowerCase();
  }

  async view(logId: string): Promise<ChainView | null> {
    await this.chain.check();
    const { provider } = this.chain;
    const [latest, final, block, nonce, finalNonce] = await Promise.all([
      this.head(logId, 'latest'),
      this.head(logId, 'finalized'),
      provider.getBlock('finalized'),
      provider.getTransactionCount(this.publisher, 'latest'),
      provider.getTransactionCount(this.publisher, 'finalized'),
    ]);
    if (latest === null) return null;
    if (block === null) throw new Error('The node has no finalized block.');
    return { latest, final: { ...(final ?? NEVER), block: block.number }, nonce, finalNonce };
  }

  async restore(): Promise<boolean> {
    if (!this.chain.embedded) return false;
    await rpc(this.chain.rpcUrl, 'anvil_setBalance', [this.publisher, ENOUGH_FOR_AN_EMBEDDED_PUBLISHER]);
    await deployCheckpointAnchor(this.chain.publisher);
    return true;
  }

  async inclusion(txHash: string, logId: string, size: number): Promise<TimedInclusion | null> {
    const receipt = await this.chain.provider.getTransactionReceipt(txHash);
    if (receipt === null) return null;
    const block = await this.chain.provider.getBlock(receipt.blockHash);
    if (block === null) return null;
    const success = receipt.status === 1 && anchors(receipt, this.contract, logId, size);
    const { blockNumber, blockHash } = receipt;
    return { txHash, blockNumber, blockHash, success, blockTime: new Date(block.timestamp * 1000) };
  }

  async known(txHash: string): Promise<boolean> {
    return (await this.chain.provider.send('eth_getTransactionByHash', [txHash])) !== null;
  }

  async market(): Promise<Fees> {
    const { provider } = this.chain;
    const [block, tip] = await Promise.all([
      provider.getBlock('latest'),
      provider.send('eth_maxPriorityFeePerGas', []).then(BigInt, () => DEFAULT_TIP),
    ]);
    return firstFees(block?.baseFeePerGas ?? 0n, tip);
  }

  async gasFor(call: AnchorCall): Promise<bigint> {
    const transaction = { from: this.publisher, to: this.contract, data: encode(call) };
    try {
      const gas: unknown = await this.chain.provider.send('eth_estimateGas', [transaction, 'latest']);
      return (BigInt(String(gas)) * 5n) / 4n;
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  }

  async sign(call: AnchorCall, nonce: number, fees: Fees, gas: bigint): Promise<SignedTransaction> {
    const raw = await this.chain.publisher.signTransaction({
      type: 2,
      chainId: this.chainId,
      nonce,
      to: this.contract,
      data: encode(call),
      value: 0n,
      gasLimit: gas,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.maxPriorityFee,
    });
    return { raw, hash: keccak256(raw) };
  }

  async broadcast(raw: string): Promise<void> {
    try {
      await this.chain.provider.send('eth_sendRawTransaction', [raw]);
    } catch (error) {
      if (!HARMLESS.test((error as Error).message)) throw error;
    }
  }

  private async head(logId: string, blockTag: 'latest' | 'finalized'): Promise<ChainHead | null> {
    const data = contract.encodeFunctionData('heads', [logId]);
    const answer = String(await this.chain.provider.send('eth_call', [{ to: this.contract, data }, blockTag]));
    if (answer === '0x') return null;
    const head = contract.decodeFunctionResult('heads', answer);
    return {
      size: Number(head['size']),
      root: String(head['root']),
      publisher: String(head['publisher']).toLowerCase(),
    };
  }
}

const NEVER: ChainHead = { size: 0, root: `0x${'0'.repeat(64)}`, publisher: `0x${'0'.repeat(40)}` };

function encode({ logId, size, root, proof }: AnchorCall): string {
  return contract.encodeFunctionData('anchor', [logId, size, hexlify(root), proof.map((hash) => hexlify(hash))]);
}

/** Whether the transaction itself moved the head: the anchored head again succeeds too, and leaves no event. */
function anchors(receipt: TransactionReceipt, address: string, logId: string, size: number): boolean {
  return receipt.logs.some((log: ChainLog) => {
    if (log.address.toLowerCase() !== address) return false;
    const event = contract.parseLog(log);
    return event?.name === 'Anchored' && String(event.args['logId']) === logId && Number(event.args['size']) === size;
  });
}

function refusalOf(error: unknown): AnchorRefusedError | undefined {
  const data = isError(error, 'CALL_EXCEPTION') ? error.data : dataIn(error);
  if (typeof data !== 'string' || !data.startsWith('0x')) return undefined;
  const parsed = contract.parseError(data);
  if (parsed === null) return undefined;
  return new AnchorRefusedError(
    `The contract refuses the anchor: ${parsed.name}(${parsed.args.map(String).join(', ')}).`,
    {
      cause: error,
    },
  );
}

/** Where ethers leaves a node's revert data on a plain `send`. */
function dataIn(error: unknown): unknown {
  const inner = (error as { error?: { data?: unknown }; info?: { error?: { data?: unknown } } } | null) ?? {};
  return inner.error?.data ?? inner.info?.error?.data;
}
