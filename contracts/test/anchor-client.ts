import { Contract, type ContractTransactionReceipt, type Signer, getBytes, hexlify, isError } from 'ethers';
import { checkpointAnchorAbi } from '../../src/platform/chain/generated/checkpoint-anchor.js';

/** A tree head of the contract. */
export interface Head {
  readonly root: string;
  readonly publisher: string;
  readonly size: bigint;
  readonly anchoredAt: bigint;
}

/** CheckpointAnchor with types, and refusals by their error name. */
export class AnchorClient {
  private readonly contract: Contract;

  constructor(
    address: string,
    private readonly signer: Signer,
  ) {
    this.contract = new Contract(address, checkpointAnchorAbi, signer);
  }

  async head(logId: string): Promise<Head> {
    const [root, publisher, size, anchoredAt] = (await this.view('heads', [logId])) as [string, string, bigint, bigint];
    return { root, publisher, size, anchoredAt };
  }

  anchor(
    logId: string,
    size: number | bigint,
    root: Uint8Array,
    proof: readonly Uint8Array[] = [],
  ): Promise<ContractTransactionReceipt> {
    return this.send('anchor', [logId, size, hexlify(root), proof.map((hash) => hexlify(hash))]);
  }

  async send(method: string, args: unknown[]): Promise<ContractTransactionReceipt> {
    const sent = await this.signer.sendTransaction({
      to: this.contract.target,
      data: this.contract.interface.encodeFunctionData(method, args),
    });
    return (await sent.wait()) as ContractTransactionReceipt;
  }

  async view(method: string, args: unknown[]): Promise<unknown> {
    return (await this.contract.getFunction(method).staticCall(...args)) as unknown;
  }

  /** Names of the events of a receipt, with their arguments as text. */
  events(receipt: ContractTransactionReceipt): string[] {
    return receipt.logs.map((log) => {
      const parsed = this.contract.interface.parseLog(log)!;
      return `${parsed.name}(${parsed.args.toArray().map(String).join(', ')})`;
    });
  }

  /** The name of the error with which the contract refuses, or undefined where it does not. */
  async refusal(work: Promise<unknown>): Promise<string | undefined> {
    try {
      await work;
      return undefined;
    } catch (error) {
      if (!isError(error, 'CALL_EXCEPTION') || error.data === null) throw error;
      return this.contract.interface.parseError(getBytes(error.data))?.name ?? 'unknown';
    }
  }
}
