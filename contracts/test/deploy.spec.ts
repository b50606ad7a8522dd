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
    const refused = await deployCheckpointAnchor(chain.wallet(0)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContractDeployError);
    expect(refused).toMatchObject({ code: 'CHAIN_PROXY_ABSENT' });
  });
});
