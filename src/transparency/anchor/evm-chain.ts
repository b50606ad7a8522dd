import { type TransactionLike, keccak256 } from 'ethers';
import {
  type StateProof,
  headSlots,
  headerFromRpc,
  openStateProof,
  stateProofFromRpc,
} from '../../domain/receipt/state-proof.js';
import {
  type AgreedBlock,
  agreedBlocks,
  quantity,
  quantityHex,
  readBlock,
} from '../../platform/chain/agreed-blocks.js';
import type { Chain } from '../../platform/chain/chain.js';
import { checkpointAnchorRuntimeHash } from '../../platform/chain/generated/checkpoint-anchor.js';
import type { RpcEndpoint } from '../../platform/chain/rpc-endpoint.js';
import { type Vote, grouped, refusalIn } from '../../platform/chain/rpc-pool.js';
import type { TransactionSigner } from '../../platform/chain/signers/signer.js';
import type { AnchorCall, AnchorChain, ChainHead, ChainView, SignedTransaction, TimedInclusion } from './chain-port.js';
import { NEVER, anchorData, readHead, headsData, refusalOf } from './contract-calls.js';
import type { Fees } from './fees.js';
import { Halt } from './problem.js';
import { readReceipt } from './receipt-reading.js';

const DEFAULT_TIP = 1_000_000_000n;
const DEPLOYMENT_GAS = 700_000n;

/** What nodes say about a transaction that they have, or that is behind them. Neither is a failure of sending. */
const HARMLESS =
  /already known|already imported|alreadyknown|known transaction|nonce too low|nonce has already been used|oldnonce|replacement transaction underpriced/i;

/** CheckpointAnchor through the JSON-RPC endpoints of one chain. */
export class EvmAnchorChain implements AnchorChain {
  readonly publisher: string;
  private codeChecked = false;

  private constructor(
    private readonly chain: Chain,
    private readonly signer: TransactionSigner,
  ) {
    this.publisher = signer.address.toLowerCase();
  }

  /** Opens the publisher's key; asks nothing of the chain. Throws SignerError. */
  static async open(chain: Chain): Promise<EvmAnchorChain> {
    return new EvmAnchorChain(chain, await chain.signer());
  }

  get chainId(): number {
    return this.chain.chainId;
  }

  get contract(): string {
    return this.chain.contract;
  }

  get complaints(): readonly string[] {
    return this.chain.pool.complaints;
  }

  async view(logId: string): Promise<ChainView | null> {
    const { latest, final } = await agreedBlocks(this.chain.pool, this.chain.finality);
    const [head, finalHead, nonce, finalNonce, balance] = await Promise.all([
      this.head(logId, latest),
      this.head(logId, final),
      this.number('eth_getTransactionCount', latest),
      this.number('eth_getTransactionCount', final),
      this.number('eth_getBalance', latest),
    ]);
    if (head === null) return null;
    if (finalHead !== null) await this.checkCode(final);
    const { number: block, hash: blockHash } = final;
    return {
      latest: head,
      final: { ...(finalHead ?? NEVER), block, blockHash },
      nonce: Number(nonce),
      finalNonce: Number(finalNonce),
      balance,
      baseFee: latest.baseFee,
    };
  }

  async deploy(maxFee: bigint): Promise<boolean> {
    if (!this.chain.deploys) return false;
    if (!this.chain.embedded) await this.requireMoneyToDeploy(maxFee);
    await this.chain.deploy(this.chain.embedded ? undefined : maxFee);
    return true;
  }

  async inclusion(txHash: string, logId: string, size: number): Promise<TimedInclusion | null> {
    const { pool } = this.chain;
    const votes = await pool.poll(async (endpoint) => {
      const receipt = readReceipt(
        await endpoint.call('eth_getTransactionReceipt', [txHash]),
        this.contract,
        logId,
        size,
      );
      if (receipt === null) return null;
      const { time } = readBlock(await endpoint.call('eth_getBlockByHash', [receipt.blockHash, false]));
      return { ...receipt, txHash, blockTime: new Date(time * 1000) };
    });
    const groups = grouped(
      votes,
      (value) => value && [value.blockHash, value.blockNumber, value.success, value.blockTime, value.cost],
    );
    const agreed = groups.find(({ endpoints }) => endpoints.length >= pool.agreement);
    if (agreed !== undefined) return agreed.value && { ...agreed.value, agreed: true };
    // Some do not know it yet, or one lies: in a block as far as we know, and no evidence of anything.
    const some = groups.find(({ value }) => value !== null)?.value;
    if (some === undefined || some === null) throw pool.unreachable(votes);
    return { ...some, agreed: false };
  }

  async forgot(blockNumber: number, blockHash: string): Promise<boolean> {
    const { pool, embedded } = this.chain;
    // Ours makes no blocks by itself: what is not final on it any more would stay so.
    if (embedded) return true;
    const votes = await pool.poll((endpoint) =>
      endpoint.call('eth_getBlockByNumber', [quantityHex(blockNumber), false]),
    );
    const hashes = votes
      .flatMap((vote) => ('value' in vote ? [vote.value] : []))
      .map((block) => block && readBlock(block).hash);
    if (hashes.length < pool.agreement) throw pool.unreachable(votes);
    if (hashes.includes(blockHash)) return false;
    return hashes.filter((hash) => typeof hash === 'string').length >= pool.agreement;
  }

  async known(txHash: string): Promise<boolean> {
    const votes = await this.chain.pool.poll((endpoint) => endpoint.call('eth_getTransactionByHash', [txHash]));
    const answers = votes.flatMap((vote) => ('value' in vote ? [vote.value] : []));
    if (answers.length === 0) throw this.chain.pool.unreachable(votes);
    return answers.some((answer) => answer !== null);
  }

  async tip(): Promise<bigint> {
    const said = await this.chain.pool.poll(async (each) => quantity(await each.call('eth_maxPriorityFeePerGas')));
    return middleOf(said, 'lower') ?? DEFAULT_TIP;
  }

  async gasFor(call: AnchorCall): Promise<bigint> {
    const transaction = { from: this.publisher, to: this.contract, data: anchorData(call) };
    const { pool } = this.chain;
    const said = await pool.poll(async (each) => quantity(await each.call('eth_estimateGas', [transaction, 'latest'])));
    const gas = middleOf(said, 'upper');
    if (gas !== undefined) return (gas * 5n) / 4n;
    const refused = refusalIn(said);
    throw refused === undefined ? pool.unreachable(said) : (refusalOf(refused) ?? refused);
  }

  async sign(call: AnchorCall, nonce: number, fees: Fees, gas: bigint): Promise<SignedTransaction> {
    const transaction: TransactionLike = {
      type: 2,
      chainId: this.chainId,
      nonce,
      to: this.contract,
      data: anchorData(call),
      value: 0n,
      gasLimit: gas,
      maxFeePerGas: fees.maxFee,
      maxPriorityFeePerGas: fees.maxPriorityFee,
    };
    const raw = await this.signer.sign(transaction);
    return { raw, hash: keccak256(raw) };
  }

  async broadcast(raw: string): Promise<void> {
    const votes = await this.chain.pool.poll(async (endpoint) => {
      try {
        await endpoint.call('eth_sendRawTransaction', [raw]);
      } catch (error) {
        if (!HARMLESS.test((error as Error).message)) throw error;
      }
    });
    if (votes.some((vote) => 'value' in vote)) return;
    throw refusalIn(votes) ?? this.chain.pool.unreachable(votes);
  }

  async stateProof(logId: string, blockHash: string): Promise<StateProof | null> {
    const { root, size } = headSlots(logId);
    const votes = await this.chain.pool.poll(async (endpoint) => {
      const block = await endpoint.call('eth_getBlockByHash', [blockHash, false]);
      const number = quantityHex(readBlock(block).number);
      const answer = await endpoint.call('eth_getProof', [this.contract, [root, size], number]);
      const proof = stateProofFromRpc(headerFromRpc(block), answer);
      if (openStateProof(proof, this.contract, logId).blockHash !== blockHash)
        throw new Error('a header of another block');
      return proof;
    });
    return votes.flatMap((vote) => ('value' in vote ? [vote.value] : []))[0] ?? null;
  }

  private async requireMoneyToDeploy(maxFee: bigint): Promise<void> {
    const { pool, chainId } = this.chain;
    const { baseFee } = readBlock(await pool.call('eth_getBlockByNumber', ['latest', false]));
    if (baseFee > maxFee)
      throw new Halt('FEE_CAP', `The base fee is ${baseFee} wei for gas, at most ${maxFee} is paid.`);
    const balance = quantity(await pool.call('eth_getBalance', [this.publisher, 'latest']));
    const needed = 2n * baseFee * DEPLOYMENT_GAS;
    if (balance > needed) return;
    const why = `the contract is to be deployed, about ${needed} wei are needed and ${balance} are there`;
    throw new Halt('WALLET_EMPTY', `Fund ${this.publisher} on chain ${chainId}: ${why}.`);
  }

  /** The contract may be any at its address; receipts name the hash of ours. */
  private async checkCode(block: AgreedBlock): Promise<void> {
    if (this.codeChecked) return;
    const found = await this.at(block, 'the code of the contract', async (endpoint) => {
      return keccak256(String(await endpoint.call('eth_getCode', [this.contract, reference(block)])));
    });
    if (found !== checkpointAnchorRuntimeHash) {
      throw new Halt(
        'CODE_DIFFERS',
        `The code at ${this.contract} hashes to ${found}, expected ${checkpointAnchorRuntimeHash}.`,
      );
    }
    this.codeChecked = true;
  }

  private head(logId: string, block: AgreedBlock): Promise<ChainHead | null> {
    const call = { to: this.contract, data: headsData(logId) };
    return this.at(block, `the head of the log in block ${block.number}`, async (endpoint) => {
      return readHead(await endpoint.call('eth_call', [call, reference(block)]));
    });
  }

  private number(method: 'eth_getTransactionCount' | 'eth_getBalance', block: AgreedBlock): Promise<bigint> {
    return this.at(block, `the account of the publisher in block ${block.number}`, async (endpoint) => {
      return quantity(await endpoint.call(method, [this.publisher, reference(block)]));
    });
  }

  /** What enough of the nodes that showed a block say of its state. */
  private async at<T>(block: AgreedBlock, what: string, question: (endpoint: RpcEndpoint) => Promise<T>): Promise<T> {
    return (await this.chain.pool.agree(what, question, block.endpoints)).value;
  }
}

/** The middle of what nodes say, so that one of three moves it nowhere; of two the lower or the upper. */
function middleOf(votes: readonly Vote<bigint>[], of: 'lower' | 'upper'): bigint | undefined {
  const values = votes.flatMap((vote) => ('value' in vote ? [vote.value] : [])).sort((a, b) => (a < b ? -1 : 1));
  return values[Math.floor((values.length - (of === 'lower' ? 1 : 0)) / 2)];
}

/** A block by its hash (EIP-1898): a node whose chain has turned since answers with an error and not about another one. */
const reference = ({ hash }: AgreedBlock) => ({ blockHash: hash });
