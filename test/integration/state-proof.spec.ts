import { keccak256 } from 'ethers';
import { AnchorClient } from '../../contracts/test/anchor-client.js';
import { startChain, type TestChain } from '../../contracts/test/anvil.js';
import { GeneratedLog } from '../../contracts/test/logs.js';
import {
  type AnchoredState,
  headerFromRpc,
  headSlots,
  openStateProof,
  stateProofFromRpc,
} from '../../src/domain/receipt/state-proof.js';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';

const log = new GeneratedLog(60);
let chain: TestChain;
let contract: string;
let client: AnchorClient;
let publisher: string;

beforeAll(async () => {
  chain = await startChain();
  contract = (await deployCheckpointAnchor(chain.wallet(0))).toLowerCase();
  publisher = chain.wallet(1).address.toLowerCase();
  client = new AnchorClient(contract, chain.wallet(1));
});
afterAll(() => chain.stop());

/** What a node says of the head of a log in a block. */
async function stateAt(logId: string, number: number): Promise<AnchoredState> {
  const at = `0x${number.toString(16)}`;
  const slots = headSlots(logId);
  const header = headerFromRpc(await chain.provider.send('eth_getBlockByNumber', [at, false]));
  const answer: unknown = await chain.provider.send('eth_getProof', [contract, [slots.root, slots.size], at]);
  return openStateProof(stateProofFromRpc(header, answer), contract, logId);
}

const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString('hex')}`;

describe('the state proof of a real node', () => {
  it('shows every head of many logs, each in its block', async () => {
    const logIds = Array.from({ length: 12 }, (_, i) => chainLogId(publisher, `halisi.example/${i}`));
    for (const [i, logId] of logIds.entries()) {
      const size = i + 1;
      const { blockNumber, blockHash } = await client.anchor(logId, size, log.root(size));
      const block = (await chain.provider.getBlock(blockNumber))!;
      expect(await stateAt(logId, blockNumber)).toEqual({
        blockHash,
        blockNumber,
        blockTime: block.timestamp,
        codeHash: keccak256(await chain.provider.getCode(contract)),
        head: { root: hex(log.root(size)), size, publisher, anchoredAt: block.timestamp },
      });
    }
    const [first] = logIds;
    const grown = await client.anchor(first!, 60, log.root(60), log.consistency(1, 60));
    expect((await stateAt(first!, grown.blockNumber)).head.size).toBe(60);
    expect((await stateAt(first!, grown.blockNumber - 1)).head.size).toBe(1);
  });

  it('has the header of every block, the first included', async () => {
    for (let number = 0; number <= (await chain.provider.getBlockNumber()); number++) {
      const block: unknown = await chain.provider.send('eth_getBlockByNumber', [`0x${number.toString(16)}`, false]);
      expect(keccak256(headerFromRpc(block))).toBe((block as { hash: string }).hash);
    }
  });

  it('shows nothing of a log that was never anchored', async () => {
    const logId = chainLogId(publisher, 'halisi.example/never');
    await expect(stateAt(logId, await chain.provider.getBlockNumber())).rejects.toMatchObject({
      code: 'STATE_PROOF_INVALID',
    });
  });
});
