import { existsSync, readFileSync } from 'node:fs';
import {
  ContractDeployError,
  checkpointAnchorAddress,
  deployCheckpointAnchor,
} from '../../src/platform/chain/deploy.js';
import { deploymentProxy } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import { compile, generatedFiles } from '../build.js';
import { type TestChain, startChain } from './anvil.js';

/** Who signed the proxy's deployment; with its nonce used up, the chain takes that transaction no more. */
const PROXY_DEPLOYER = '0x3fAB184622Dc19b6109349B94811493BF2a45362';

describe('the committed contract', () => {
  it('is what the source compiles to', () => {
    for (const [path, text] of generatedFiles(compile())) {
      expect(existsSync(path)).toBe(true);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });
});

describe('deploying', () => {
  let chain: TestChain;
  beforeEach(async () => {
    chain = await startChain();
  });
  afterEach(() => chain.stop());

  const nonceOf = (n: number): Promise<number> => chain.provider.getTransactionCount(chain.wallet(n).address);

  it('gives the address that was foretold, once, whoever deploys', async () => {
    expect(await deployCheckpointAnchor(chain.wallet(0))).toBe(checkpointAnchorAddress());
    expect(await deployCheckpointAnchor(chain.wallet(1))).toBe(checkpointAnchorAddress());
    expect(await nonceOf(1)).toBe(0);
  });

  it('may be done by two at once', async () => {
    const both = await Promise.all([deployCheckpointAnchor(chain.wallet(0)), deployCheckpointAnchor(chain.wallet(1))]);
    expect(both).toEqual([checkpointAnchorAddress(), checkpointAnchorAddress()]);
  });

  it('may be done by two at once while blocks are slow, by two keys or by the same one', async () => {
    await chain.provider.send('evm_setAutomine', [false]);
    const first = deployCheckpointAnchor(chain.wallet(0));
    await pending(chain);
    const others = [deployCheckpointAnchor(chain.wallet(1)), deployCheckpointAnchor(chain.wallet(0))];
    const all = Promise.allSettled([first, ...others]);
    await new Promise((wake) => setTimeout(wake, 300));
    await chain.provider.send('evm_mine', []);
    await chain.provider.send('evm_setIntervalMining', [1]);
    const address = checkpointAnchorAddress();
    expect(await all).toEqual([address, address, address].map((value) => ({ status: 'fulfilled', value })));
  });

  it('fails when neither we nor anybody else deploys in time', async () => {
    await chain.provider.send('evm_setAutomine', [false]);
    await chain.provider.send('anvil_setBalance', [chain.wallet(0).address, '0x0']);
    const refused = deployCheckpointAnchor(chain.wallet(0), { blocks: 2, milliseconds: 10_000 });
    const outcome = expect(refused).rejects.toMatchObject({ code: 'CHAIN_DEPLOY_FAILED' });
    await chain.provider.send('evm_setIntervalMining', [1]);
    await outcome;
  });

  it('is given up for now, and paid for once, where no block takes it', async () => {
    await chain.provider.send('evm_setAutomine', [false]);
    for (let i = 0; i < 2; i++) {
      const failed = deployCheckpointAnchor(chain.wallet(0), { blocks: 1, milliseconds: 500 });
      await expect(failed).rejects.toMatchObject({ code: 'CHAIN_DEPLOY_FAILED' });
    }
    expect(await chain.provider.getTransactionCount(chain.wallet(0).address, 'pending')).toBe(1);
  });

  it('puts the deployment proxy where a chain lacks it', async () => {
    await chain.provider.send('anvil_setCode', [deploymentProxy, '0x']);
    await chain.provider.send('anvil_setNonce', [deploymentProxy, '0x0']);
    expect(await deployCheckpointAnchor(chain.wallet(0))).toBe(checkpointAnchorAddress());
  });

  it('refuses other code at the address, and a chain that takes no proxy', async () => {
    await chain.provider.send('anvil_setCode', [checkpointAnchorAddress(), '0x00']);
    await expect(deployCheckpointAnchor(chain.wallet(0))).rejects.toMatchObject({ code: 'CHAIN_CODE_DIFFERS' });
    await chain.provider.send('anvil_setCode', [checkpointAnchorAddress(), '0x']);
    await chain.provider.send('anvil_setCode', [deploymentProxy, '0x']);
    await chain.provider.send('anvil_setNonce', [PROXY_DEPLOYER, '0x1']);
    const patience = { blocks: 1, milliseconds: 300 };
    const refused = await deployCheckpointAnchor(chain.wallet(0), patience).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContractDeployError);
    expect(refused).toMatchObject({ code: 'CHAIN_PROXY_ABSENT' });
  });
});

async function pending({ provider }: TestChain): Promise<void> {
  for (;;) {
    const pool = (await provider.send('txpool_status', [])) as { pending: string };
    if (Number(pool.pending) > 0) return;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
