import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JsonRpcProvider, Network, Wallet, HDNodeWallet } from 'ethers';
import { freePort } from '../../src/platform/embedded/process.js';

const CHAIN_ID = 31337;
const MNEMONIC = 'test test test test test test test test test test test junk';

/** A chain of its own for one test file, with funded wallets. */
export interface TestChain {
  readonly url: string;
  readonly provider: JsonRpcProvider;
  /** The nth of anvil's funded accounts. */
  wallet(n: number): Wallet;
  stop(): Promise<void>;
}

/** Starts anvil on a free port, mining a block a transaction. */
export async function startChain(): Promise<TestChain> {
  const port = await freePort();
  const anvil = spawn(anvilBinary(), ['--port', String(port), '--silent'], { stdio: 'ignore' });
  // Network and caching are fixed: batching stalls every call, and a cached answer would hide a state change.
  const network = Network.from(CHAIN_ID);
  const url = `http://127.0.0.1:${port}`;
  const provider = new JsonRpcProvider(url, network, {
    staticNetwork: network,
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: 20,
  });
  await ready(port);
  return {
    url,
    provider,
    wallet: (n) => new Wallet(HDNodeWallet.fromPhrase(MNEMONIC, '', `m/44'/60'/0'/0/${n}`).privateKey, provider),
    async stop() {
      provider.destroy();
      anvil.kill();
      await once(anvil, 'exit');
    },
  };
}

async function ready(port: number): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  for (let tries = 0; tries < 200; tries++) {
    try {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body });
      if (answer.ok) return;
    } catch {
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }
  throw new Error(`anvil did not answer on port ${port}.`);
}

/** The binary of this platform's package, without the script that starts it. */
function anvilBinary(): string {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const own = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'));
  const folder = dirname(own.resolve(`@foundry-rs/anvil-${process.platform}-${cpu}/package.json`));
  return join(folder, 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil');
}
