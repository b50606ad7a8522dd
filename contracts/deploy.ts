import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  JsonRpcProvider,
  Network,
  type TransactionRequest,
  type TransactionResponse,
  Wallet,
  formatEther,
  keccak256,
} from 'ethers';
import { ContractDeployError, checkpointAnchorAddress, deployCheckpointAnchor } from '../src/platform/chain/deploy.js';
import {
  checkpointAnchorBytecode,
  checkpointAnchorRuntimeHash,
  checkpointAnchorSalt,
  deploymentProxy,
} from '../src/platform/chain/generated/checkpoint-anchor.js';
import { RpcError, rpc } from '../src/platform/chain/rpc.js';

/** One chain's deployment, as contracts/deployments/<chainId>.json tells it (docs/operations/contract.md). */
export interface DeploymentRecord {
  /** Null in any.json, which stands for every chain on which nobody has deployed yet. */
  readonly chainId: number | null;
  readonly chain: string;
  readonly contract: 'CheckpointAnchor';
  readonly address: string;
  readonly proxy: string;
  readonly salt: string;
  /** keccak-256 of the bytecode that creates it, and of the code that is left at the address. */
  readonly bytecodeHash: string;
  readonly runtimeCodeHash: string;
  readonly status: 'predicted' | 'deployed';
  /** What created it and in which block; null where that was not seen. */
  readonly transaction: string | null;
  readonly block: number | null;
}

export interface DeployOptions {
  readonly url: string;
  /** 64 hex digits; not needed to look. */
  readonly key?: string | undefined;
  /** What people call the chain. */
  readonly chain?: string | undefined;
  /** Looks and says, and changes nothing. */
  readonly dryRun: boolean;
  /** The folder of the records. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Deploys the contract, or finds it deployed, and writes the chain's record. Throws ContractDeployError, RpcError. */
export async function deploy(options: DeployOptions): Promise<DeploymentRecord> {
  const { url, key, dryRun, folder, say } = options;
  const chainId = Number(await rpc(url, 'eth_chainId'));
  const network = Network.from(chainId);
  const provider = new JsonRpcProvider(url, network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1 });
  try {
    const file = join(folder, `${chainId}.json`);
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DeploymentRecord) : undefined;
    const name = options.chain ?? before?.chain ?? `chain ${chainId}`;
    const code = await provider.getCode(checkpointAnchorAddress());
    say(`${name}, id ${chainId}: ${code === '0x' ? 'no contract' : 'code'} at ${checkpointAnchorAddress()}.`);
    if (dryRun && code === '0x') {
      await sayWhatItTakes(provider, key, say);
      return recordOf(chainId, name, 'predicted');
    }
    if (code === '0x' && key === undefined) throw new TypeError('To deploy, a key is needed: --key-file FILE.');
    const wallet = new RecordingWallet(key ?? Wallet.createRandom().privateKey, provider);
    // Where the code is there already, this only compares it.
    await deployCheckpointAnchor(wallet);
    const made = await wallet.creation();
    const record = recordOf(chainId, name, 'deployed', made ?? before);
    if (dryRun) return record;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    say(made === undefined ? 'It was there already.' : `Deployed in transaction ${made.transaction}.`);
    say(`Written: ${file}.`);
    return record;
  } finally {
    provider.destroy();
  }
}

const recordOf = (
  chainId: number,
  chain: string,
  status: DeploymentRecord['status'],
  made?: Pick<DeploymentRecord, 'transaction' | 'block'>,
): DeploymentRecord => ({
  chainId,
  chain,
  contract: 'CheckpointAnchor',
  address: checkpointAnchorAddress(),
  proxy: deploymentProxy,
  salt: checkpointAnchorSalt,
  bytecodeHash: keccak256(checkpointAnchorBytecode),
  runtimeCodeHash: checkpointAnchorRuntimeHash,
  status,
  transaction: made?.transaction ?? null,
  block: made?.block ?? null,
});

const DEPLOYMENT_GAS = 800_000n;

async function sayWhatItTakes(
  provider: JsonRpcProvider,
  key: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const [proxy, { gasPrice }] = await Promise.all([provider.getCode(deploymentProxy), provider.getFeeData()]);
  const hasProxy = proxy !== '0x';
  say(
    `The deployment proxy ${deploymentProxy} is ${hasProxy ? 'there' : 'not there: it is deployed first, for 0.01 coins'}.`,
  );
  if (gasPrice !== null) {
    say(
      `It takes less than ${DEPLOYMENT_GAS} gas: ${formatEther(gasPrice * DEPLOYMENT_GAS)} coins at the price of now.`,
    );
  }
  if (key === undefined) return;
  const { address } = new Wallet(key);
  say(`${address} has ${formatEther(await provider.getBalance(address))} coins.`);
}

/** Remembers what it sent to the deployment proxy. */
class RecordingWallet extends Wallet {
  private sent: TransactionResponse | undefined;

  override async sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    const sent = await super.sendTransaction(request);
    if (sent.to === deploymentProxy) this.sent = sent;
    return sent;
  }

  /** The transaction that created the contract, where it was ours. */
  async creation(): Promise<{ transaction: string; block: number } | undefined> {
    const receipt = await this.sent?.wait().catch(() => null);
    if (receipt === null || receipt === undefined) return undefined;
    return { transaction: receipt.hash, block: receipt.blockNumber };
  }
}

const USAGE = 'npm run contracts:deploy -- --rpc URL --key-file FILE [--chain NAME] [--out FOLDER] [--dry-run]';

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { rpc: text, 'key-file': text, chain: text, out: text, 'dry-run': { type: 'boolean', default: false } },
  });
  if (values.rpc === undefined) {
    console.error(USAGE);
    return 2;
  }
  const keyFile = values['key-file'];
  try {
    await deploy({
      url: values.rpc,
      key:
        keyFile === undefined
          ? undefined
          : readFileSync(keyFile, 'utf8')
              .trim()
              .replace(/^(?!0x)/, '0x'),
      chain: values.chain,
      dryRun: values['dry-run'],
      folder: values.out ?? join('contracts', 'deployments'),
      say: (line) => console.log(line),
    });
    return 0;
  } catch (error) {
    if (!(error instanceof ContractDeployError || error instanceof RpcError || error instanceof TypeError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
