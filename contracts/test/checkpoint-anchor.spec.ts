import { ZeroAddress } from 'ethers';
import { chainLogId } from '../../src/domain/tlog/index.js';
import { checkpointAnchorAddress, deployCheckpointAnchor } from '../../src/platform/chain/deploy.js';
import { AnchorClient } from './anchor-client.js';
import { type TestChain, startChain } from './anvil.js';
import { GeneratedLog } from './logs.js';

const log = new GeneratedLog(40);
let chain: TestChain;
let owner: AnchorClient;
let stranger: AnchorClient;
let ownerAddress: string;
let strangerAddress: string;
let logs = 0;

const newLogId = (publisher = ownerAddress): string => chainLogId(publisher, `halisi.example/log/${logs++}`);

/** A log of the owner's with its first `size` leaves anchored. */
async function anchoredLog(size: number): Promise<string> {
  const logId = newLogId();
  await owner.anchor(logId, size, log.root(size));
  return logId;
}

beforeAll(async () => {
  chain = await startChain();
  const address = await deployCheckpointAnchor(chain.wallet(0));
  [ownerAddress, strangerAddress] = [chain.wallet(1).address, chain.wallet(2).address];
  owner = new AnchorClient(address, chain.wallet(1));
  stranger = new AnchorClient(address, chain.wallet(2));
});

afterAll(() => chain.stop());

describe('the first anchor of a log', () => {
  it('needs no proof, sets the head and says so', async () => {
    const logId = newLogId();
    const receipt = await owner.anchor(logId, 5, log.root(5));
    const block = await receipt.getBlock();
    const root = `0x${Buffer.from(log.root(5)).toString('hex')}`;
    expect(owner.events(receipt)).toEqual([`Anchored(${logId}, 5, ${root})`]);
    expect(await owner.head(logId)).toEqual({
      root,
      publisher: ownerAddress,
      size: 5n,
      anchoredAt: BigInt(block.timestamp),
    });
  });

  it('is refused to anyone but the address that the id begins with', async () => {
    const logId = newLogId();
    expect(await stranger.refusal(stranger.anchor(logId, 5, log.root(5)))).toBe('NotPublisher');
    expect((await stranger.head(logId)).publisher).toBe(ZeroAddress);
    expect(await owner.refusal(owner.anchor(logId, 5, log.root(5)))).toBeUndefined();
  });

  it('is refused with a proof and for an empty tree', async () => {
    expect(await owner.refusal(owner.anchor(newLogId(), 5, log.root(5), [log.root(1)]))).toBe('Inconsistent');
    expect(await owner.refusal(owner.anchor(newLogId(), 0, log.root(0)))).toBe('EmptyTree');
  });
});

describe('a later anchor', () => {
  it('follows with its proof, through every size', async () => {
    const logId = await anchoredLog(1);
    for (let size = 1; size < 40;) {
      const next = Math.min(40, size + 1 + (size % 6));
      await owner.anchor(logId, next, log.root(next), log.consistency(size, next));
      size = next;
    }
    expect((await owner.head(logId)).size).toBe(40n);
  });

  it('is refused without a proof, with a wrong one, or with one for another size', async () => {
    const logId = await anchoredLog(7);
    const proof = log.consistency(7, 20);
    const root = log.root(20);
    const attempts = [[], proof.slice(1), [...proof, root], proof.toReversed(), log.consistency(8, 20)];
    for (const attempt of attempts) {
      expect(await owner.refusal(owner.anchor(logId, 20, root, attempt))).toBe('Inconsistent');
    }
    expect(await owner.refusal(owner.anchor(logId, 40, root, proof))).toBe('Inconsistent');
    expect((await owner.head(logId)).size).toBe(7n);
  });

  it('of a history with one old leaf changed, removed or moved is refused, though publisher and proof are its own', async () => {
    const logId = await anchoredLog(20);
    const change: ((leaves: Uint8Array[]) => unknown)[] = [
      (leaves) =>
        leaves.splice(
          3,
          1,
          log.root(1).map((byte) => byte ^ 1),
        ),
      (leaves) => leaves.splice(3, 1),
      (leaves) => leaves.splice(3, 2, leaves[4]!, leaves[3]!),
    ];
    for (const rewrite of change) {
      const forged = new GeneratedLog(40);
      rewrite(forged.leaves);
      const refusal = await owner.refusal(owner.anchor(logId, 30, forged.root(30), forged.consistency(20, 30)));
      expect(refusal).toBe('Inconsistent');
    }
  });

  it('of a smaller size, or of the same with another root, is refused', async () => {
    const logId = await anchoredLog(20);
    expect(await owner.refusal(owner.anchor(logId, 19, log.root(19)))).toBe('Shrunk');
    expect(await owner.refusal(owner.anchor(logId, 0, log.root(0)))).toBe('Shrunk');
    expect(await owner.refusal(owner.anchor(logId, 20, log.root(19)))).toBe('Forked');
  });

  it('of the same head changes nothing and is no error', async () => {
    const logId = await anchoredLog(20);
    const before = await owner.head(logId);
    const receipt = await owner.anchor(logId, 20, log.root(20));
    expect(receipt.logs).toEqual([]);
    expect(await owner.head(logId)).toEqual(before);
    expect(await owner.refusal(owner.anchor(logId, 20, log.root(20), [log.root(1)]))).toBe('Inconsistent');
  });

  it('is refused to another sender, with a good proof too', async () => {
    const logId = await anchoredLog(7);
    const attempt = stranger.anchor(logId, 20, log.root(20), log.consistency(7, 20));
    expect(await stranger.refusal(attempt)).toBe('NotPublisher');
  });
});

describe('a log handed over', () => {
  it('belongs to its old publisher until the new one accepts, and to the new one from then on', async () => {
    const logId = await anchoredLog(7);
    const offered = await owner.send('rotate', [logId, strangerAddress]);
    expect(owner.events(offered)).toEqual([`RotationOffered(${logId}, ${ownerAddress}, ${strangerAddress})`]);
    await owner.anchor(logId, 9, log.root(9), log.consistency(7, 9));
    const accepted = await stranger.send('acceptRotation', [logId]);
    expect(stranger.events(accepted)).toEqual([`Rotated(${logId}, ${ownerAddress}, ${strangerAddress})`]);
    const next = [12, log.root(12), log.consistency(9, 12)] as const;
    expect(await owner.refusal(owner.anchor(logId, ...next))).toBe('NotPublisher');
    await stranger.anchor(logId, ...next);
    expect(await stranger.refusal(stranger.send('acceptRotation', [logId]))).toBe('NotSuccessor');
    expect((await stranger.head(logId)).publisher).toBe(strangerAddress);
  });

  it('cannot be offered by anyone else, taken without an offer, or taken after it was taken back', async () => {
    const logId = await anchoredLog(7);
    expect(await stranger.refusal(stranger.send('rotate', [logId, strangerAddress]))).toBe('NotPublisher');
    expect(await stranger.refusal(stranger.send('acceptRotation', [logId]))).toBe('NotSuccessor');
    await owner.send('rotate', [logId, strangerAddress]);
    await owner.send('rotate', [logId, ZeroAddress]);
    expect(await stranger.refusal(stranger.send('acceptRotation', [logId]))).toBe('NotSuccessor');
    expect(await owner.refusal(owner.send('rotate', [newLogId(), strangerAddress]))).toBe('NotPublisher');
  });
});

describe('a leaf of the anchored tree', () => {
  it('is shown by its proof, and no other leaf is', async () => {
    const logId = await anchoredLog(20);
    const check = (index: number, leaf: number, size = 20): Promise<unknown> =>
      owner.view('verifyInclusion', [logId, index, log.leaves[leaf], log.inclusion(index, size)]);
    for (let index = 0; index < 20; index++) expect(await check(index, index)).toBe(true);
    expect(await check(3, 4)).toBe(false);
    expect(await check(3, 3, 10)).toBe(false);
    const unknown = [newLogId(), 0, log.leaves[0], []];
    expect(await owner.view('verifyInclusion', unknown)).toBe(false);
  });
});

describe('the contract', () => {
  it('takes no coins and no unknown call', async () => {
    const to = checkpointAnchorAddress();
    await expect(chain.wallet(0).sendTransaction({ to, value: 1n })).rejects.toThrow();
    await expect(chain.wallet(0).sendTransaction({ to, data: '0x12345678' })).rejects.toThrow();
  });
});
