import { readFileSync } from 'node:fs';
import { JsonRpcProvider, Network, Wallet, WebSocketProvider } from 'ethers';
import type { ConfigValues } from '../config/config.js';
import { keptSecret } from '../embedded/secrets.js';
import type { Note } from '../embedded/supervisor.js';
import { deployCheckpointAnchor } from './deploy.js';
import { EMBEDDED_CHAIN_ID, EmbeddedAnvil } from './embedded-anvil.js';
import { rpc } from './rpc.js';

/** The public chain that the log is anchored to: a provider, the publisher's key, and the contract. */
export class Chain {
  constructor(
    readonly chainId: number,
    readonly rpcUrl: string,
    /** Asks at once and keeps nothing: an answer about finality must not be an old one. */
    readonly provider: JsonRpcProvider | WebSocketProvider,
    /** Signs and pays for anchors. */
    readonly publisher: Wallet,
    /** Address of CheckpointAnchor. */
    readonly contract: string,
    readonly embedded: boolean,
    private readonly end: () => Promise<void>,
  ) {}

  /** Throws unless the node answers with the chain that we started with. */
  async check(): Promise<void> {
    const found = Number(await this.provider.send('eth_chainId', []));
    if (found !== this.chainId) throw new Error(`The node's chain changed: expected ${this.chainId}, got ${found}.`);
  }

  async close(): Promise<void> {
    await this.provider.destroy();
    await this.end();
  }
}

/** Starts the embedded chain, or connects to the one that is configured; the contract is deployed where it is not. */
export function openChain(config: ConfigValues, note: Note): Promise<Chain> {
  return config.chain.rpcUrl === undefined ? embeddedChain(config, note) : externalChain(config, config.chain.rpcUrl);
}

async function embeddedChain(config: ConfigValues, note: Note): Promise<Chain> {
  const anvil = new EmbeddedAnvil({ home: config.home, blockTimeMs: config.chain.blockTimeMs, note });
  await anvil.start();
  try {
    const provider = providerFor(anvil.url, EMBEDDED_CHAIN_ID);
    const publisher = new Wallet(embeddedKey(config.home), provider);
    await rpc(anvil.url, 'anvil_setBalance', [publisher.address, '0xd3c21bcecceda1000000']);
    const contract = await deployCheckpointAnchor(publisher);
    return new Chain(EMBEDDED_CHAIN_ID, anvil.url, provider, publisher, contract, true, () => anvil.stop());
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

function embeddedKey(home: string): string {
  return keptSecret(home, 'publisher.key', () => Wallet.createRandom().privateKey);
}

async function externalChain(config: ConfigValues, url: string): Promise<Chain> {
  const wanted = config.chain.chainId;
  const found = await chainIdOf(url);
  if (wanted !== undefined && wanted !== found) {
    throw new Error(`The node at CHAIN_RPC_URL is on another chain: expected CHAIN_ID ${wanted}, got ${found}.`);
  }
  const provider = providerFor(url, found);
  const publisher = (await externalKey(config)).connect(provider);
  const contract = config.chain.contract ?? (await deployCheckpointAnchor(publisher));
  if ((await provider.getCode(contract)) === '0x') {
    throw new Error(`There is no contract at CHAIN_CONTRACT ${contract} on chain ${found}.`);
  }
  return new Chain(found, url, provider, publisher, contract, false, () => Promise.resolve());
}

/** The node's chain id. The URL may carry a key, so no message names it. */
async function chainIdOf(url: string): Promise<number> {
  const provider = url.startsWith('ws') ? new WebSocketProvider(url) : undefined;
  try {
    return Number(await (provider === undefined ? rpc(url, 'eth_chainId') : provider.send('eth_chainId', [])));
  } catch (error) {
    throw new Error(`The node at CHAIN_RPC_URL does not answer: ${(error as Error).message}`, { cause: error });
  } finally {
    await provider?.destroy();
  }
}

function providerFor(url: string, chainId: number): JsonRpcProvider | WebSocketProvider {
  const network = Network.from(chainId);
  const options = { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 500 };
  return url.startsWith('ws')
    ? new WebSocketProvider(url, network, options)
    : new JsonRpcProvider(url, network, options);
}

async function externalKey(config: ConfigValues): Promise<Wallet> {
  const { privateKey, keystore, keystorePasswordFile } = config.chain;
  if (privateKey !== undefined) return new Wallet(privateKey.startsWith('0x') ? privateKey : `0x${privateKey}`);
  if (keystore === undefined || keystorePasswordFile === undefined) throw new Error('No publisher key is configured.');
  const password = readFileSync(keystorePasswordFile, 'utf8').trimEnd();
  const wallet = await Wallet.fromEncryptedJson(readFileSync(keystore, 'utf8'), password);
  return new Wallet(wallet.privateKey);
}
