import { Wallet } from 'ethers';
import type { ChainSettings } from '../config/chain-settings.js';
import type { ConfigValues } from '../config/config.js';
import { keptSecret } from '../embedded/secrets.js';
import type { Note } from '../embedded/supervisor.js';
import { Chain, Chains } from './chain.js';
import { EMBEDDED_CHAIN_ID, EmbeddedAnvil } from './embedded-anvil.js';
import { rpc } from './rpc.js';
import { localSigner } from './signers/local-signer.js';
import { openSigner } from './signers/open-signer.js';

/** Starts the embedded chain, with the contract on it, or names those that are configured. */
export async function openChains(config: ConfigValues, note: Note): Promise<Chains> {
  return new Chains(
    await Promise.all(
      config.chains.map((settings) =>
        settings.embedded ? embeddedChain(settings, config, note) : externalChain(settings),
      ),
    ),
  );
}

async function embeddedChain(settings: ChainSettings, config: ConfigValues, note: Note): Promise<Chain> {
  const anvil = new EmbeddedAnvil({ home: config.home, blockTimeMs: config.embeddedBlockTimeMs, note });
  await anvil.start();
  try {
    const { name, finality, agreement } = settings;
    const key = keptSecret(config.home, 'publisher.key', () => Wallet.createRandom().privateKey);
    const signer = () => Promise.resolve(localSigner(key));
    const where = { chainId: EMBEDDED_CHAIN_ID, rpc: [anvil.url], publicRpc: anvil.url, embedded: true };
    const chain = new Chain({ name, finality, agreement, signer, ...where }, () => anvil.stop());
    await chain.deploy();
    return chain;
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function externalChain({ name, rpc, contract, finality, agreement, ...settings }: ChainSettings): Promise<Chain> {
  const { signer } = settings;
  if (signer.type === 'embedded') throw new TypeError(`Chain ${name} has no key.`);
  const chainId = settings.chainId ?? (await chainIdOf(rpc));
  return new Chain({ name, chainId, rpc, contract, finality, agreement, signer: () => openSigner(signer) });
}

/** What the first node that answers says. The URL may carry a key, so no message names it. */
async function chainIdOf(urls: readonly string[]): Promise<number> {
  let failure: unknown;
  for (const url of urls) {
    try {
      return Number(await rpc(url, 'eth_chainId'));
    } catch (error) {
      failure = error;
    }
  }
  const message = `No node at CHAIN_RPC_URL answers, and CHAIN_ID is not set: ${(failure as Error).message}`;
  throw new Error(message, { cause: failure });
}
