import type { Finality } from './agreed-blocks.js';
import { checkpointAnchorAddress, deployCheckpointAnchor } from './deploy.js';
import { EthersSigner, PoolProvider } from './ethers-adapter.js';
import { RpcPool } from './rpc-pool.js';
import type { TransactionSigner } from './signers/signer.js';

/** How to reach a chain, and as whom. */
export interface ChainOptions {
  /** How it is called in logs and metrics. */
  readonly name: string;
  readonly chainId: number;
  /** URLs of JSON-RPC endpoints (http or https). */
  readonly rpc: readonly string[];
  /** CheckpointAnchor's address; undefined means its one address, where it may be deployed. */
  readonly contract?: string | undefined;
  /** Opened when it is first needed; a failure is tried again. */
  readonly signer: () => Promise<TransactionSigner>;
  readonly finality: Finality;
  readonly agreement: number;
  /** The URL that strangers may use, where nobody else has a node of this chain. */
  readonly publicRpc?: string | undefined;
  /** A chain of our own: it may lose its state, and gives money for nothing. */
  readonly embedded?: boolean;
  readonly timeoutMs?: number;
  readonly backoffMs?: number;
  readonly asideMs?: number;
}

/** A chain that the log is anchored to. Nothing is asked of it before it is used: a dead one holds nothing up. */
export class Chain {
  readonly name: string;
  readonly chainId: number;
  /** Address of CheckpointAnchor, lower case. */
  readonly contract: string;
  /** The contract may be deployed where it is not there. */
  readonly deploys: boolean;
  readonly embedded: boolean;
  readonly finality: Finality;
  readonly publicRpc: string | undefined;
  readonly pool: RpcPool;
  private opened: Promise<TransactionSigner> | undefined;

  constructor(
    private readonly options: ChainOptions,
    private readonly end: () => Promise<void> = () => Promise.resolve(),
  ) {
    const { name, chainId, rpc, contract, embedded = false, finality, publicRpc, ...pool } = options;
    this.name = name;
    this.chainId = chainId;
    this.contract = (contract ?? checkpointAnchorAddress()).toLowerCase();
    this.deploys = contract === undefined;
    this.embedded = embedded;
    this.finality = finality;
    this.publicRpc = publicRpc;
    this.pool = new RpcPool(rpc, { chainId, ...pool });
  }

  /** The key that signs and pays for anchors. Throws SignerError while it cannot be had. */
  signer(): Promise<TransactionSigner> {
    this.opened ??= this.options.signer().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Deploys the contract where it is not there yet, at no more than `maxFee` wei for gas. Throws ContractDeployError. */
  async deploy(maxFee?: bigint): Promise<void> {
    const signer = await this.signer();
    const provider = new PoolProvider(this.pool, this.chainId);
    try {
      if (this.embedded) await this.pool.call('anvil_setBalance', [signer.address, PLENTY]);
      await deployCheckpointAnchor(new EthersSigner(signer, provider, maxFee));
    } finally {
      provider.destroy();
    }
  }

  /** Throws unless an endpoint answers, with this chain's id. */
  async check(): Promise<void> {
    await this.pool.call('eth_chainId');
  }

  close(): Promise<void> {
    return this.end();
  }
}

const PLENTY = '0xd3c21bcecceda1000000';

/** The chains of this process; none where it does not anchor. */
export class Chains {
  constructor(readonly all: readonly Chain[]) {}

  /** Throws unless every chain answers. */
  async check(): Promise<void> {
    await Promise.all(this.all.map((chain) => chain.check()));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((chain) => chain.close()));
  }
}
