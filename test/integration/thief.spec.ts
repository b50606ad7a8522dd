import { Wallet, hexlify } from 'ethers';
import { checkReceipt } from '../../src/domain/receipt/check.js';
import { checkReceiptOnChain } from '../../src/domain/receipt/chain.js';
import type { Receipt } from '../../src/domain/receipt/receipt.js';
import { rpcChain } from '../../src/domain/receipt/rpc-chain.js';
import { readTrust } from '../../src/domain/receipt/trust.js';
import { chainLogId, noteVerifier, openCheckpoint, verifyConsistency } from '../../src/domain/tlog/index.js';
import type { Chain } from '../../src/platform/chain/chain.js';
import { checkpointAnchorAddress } from '../../src/platform/chain/deploy.js';
import { checkpointAnchorRuntimeHash } from '../../src/platform/chain/generated/checkpoint-anchor.js';
import type { Database } from '../../src/platform/database/database.js';
import { audit } from '../../src/transparency/audit/audit.js';
import { CheckpointService } from '../../src/transparency/checkpoint/checkpoint.service.js';
import { latestPublished } from '../../src/transparency/checkpoint/checkpoint.store.js';
import { Integrator } from '../../src/transparency/log/integrator.js';
import { LogReader } from '../../src/transparency/log/log-reader.js';
import { ReceiptsService } from '../../src/transparency/receipts/receipts.service.js';
import type { Anvil } from './anchor-anvil.js';
import { LOG_ID, Worlds, type World, chainOf, deployOn, settle } from './anchor-world.js';
import { KeyHolder, LOG_SIGNER, REWRITINGS, rewrite } from './thief.js';
import { appendEvents, packOf } from './transparency-events.js';
import { ORIGIN } from './transparency-fixture.js';

/**
 * A thief with all that the operator has: the database superuser, the log's signing key and the publisher's key. The
 * past, up to the anchored head, is out of its reach, because the contract takes only proven extensions of that head.
 * What it can still do is in the last tests: append (lies too, from now on), hand the log to another key (in public),
 * and open the log's id on a chain where it was never anchored, which a verifier that names its chain does not believe.
 */
const worlds = Worlds.forSpec();
const PUBLISHER_KEY = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const ANCHORED = 40;
const NEWER = 60;
/** The old event that the thief wants otherwise, and one that an honest person has a receipt of. */
const VICTIM = 7;
const HONEST = 3;

const TRUST = readTrust({
  logs: [
    {
      origin: ORIGIN,
      keys: [LOG_SIGNER.vkey],
      anchors: [
        {
          chainId: 31337,
          contract: checkpointAnchorAddress().toLowerCase(),
          logId: LOG_ID,
          codeHash: checkpointAnchorRuntimeHash,
        },
      ],
    },
  ],
});

let anvil: Anvil;
let world: World;
let thief: KeyHolder;
/** The honest log as it was before the theft. */
let honest: { root: Uint8Array; newest: Uint8Array; growth: Uint8Array[] };
let receipt: Receipt;

async function grow(database: Database, count: number): Promise<void> {
  await appendEvents(database, count);
  await new Integrator(database, 0).step();
  await new CheckpointService(database, new LogReader(database), LOG_SIGNER).sign(0);
}

beforeEach(async () => {
  anvil = await worlds.anvil();
  world = await worlds.world(anvil);
  thief = new KeyHolder(anvil, PUBLISHER_KEY);
  const { database } = world;
  await grow(database, ANCHORED);
  await settle(anvil, world.anchorer());
  await grow(database, NEWER - ANCHORED);
  const reader = new LogReader(database);
  honest = {
    root: await reader.root(0, ANCHORED),
    newest: await reader.root(0, NEWER),
    growth: await reader.consistency(0, ANCHORED, NEWER),
  };
  receipt = await receiptOf(HONEST);
});

const receiptOf = async (index: number, pack = index): Promise<Receipt> =>
  (await new ReceiptsService(world.database, new LogReader(world.database)).forEpc(index, packOf(2 * pack))).receipt;

const onChain = (one: Receipt, of = anvil) =>
  checkReceiptOnChain(
    one,
    TRUST,
    rpcChain((method, params) => of.rpc(method, params)),
  );

const broken = ({ checks }: Awaited<ReturnType<typeof onChain>>): string[] =>
  checks.filter(({ ok }) => ok === false).map(({ name }) => name);

async function audited(chains: readonly Chain[]): Promise<string[]> {
  const [report] = await audit({ database: world.database, chains, verifier: noteVerifier(LOG_SIGNER.vkey) });
  return report!.findings.map(({ code }) => code);
}

const head = async () => (await world.view()).latest;

describe.each(Object.keys(REWRITINGS))('a history in which one old event is %s', (how) => {
  let forged: LogReader;
  let size: number;

  beforeEach(async () => {
    await rewrite(world.database, world.thief, how, VICTIM);
    forged = new LogReader(world.database);
    size = how === 'removed' ? NEWER - 1 : NEWER;
  });

  it('is whole in itself: signed by the log, and only the chain tells an audit that it is not the true one', async () => {
    const published = (await latestPublished(world.database, 0))!;
    const { checkpoint } = openCheckpoint(published.note, ORIGIN, [noteVerifier(LOG_SIGNER.vkey)]);
    expect(checkpoint.size).toBe(size);
    expect(await audited([])).toEqual([]);
    expect(await audited([chainOf([anvil.url])])).toEqual(['CHAIN_MISMATCH']);
    const claim = {
      oldSize: ANCHORED,
      oldRoot: await forged.root(0, ANCHORED),
      newSize: size,
      newRoot: await forged.root(0, size),
      proof: await forged.consistency(0, ANCHORED, size),
    };
    expect(() => verifyConsistency(claim)).not.toThrow();
  });

  it('is refused by the contract, however it is put', async () => {
    const before = await head();
    const root = await forged.root(0, size);
    const own = await forged.consistency(0, ANCHORED, size);
    const anchor = (newSize: number | bigint, newRoot: Uint8Array, proof: readonly Uint8Array[] = []) =>
      thief.tries(
        'anchor',
        LOG_ID,
        newSize,
        hexlify(newRoot),
        proof.map((hash) => hexlify(hash)),
      );

    expect(await anchor(size, root, own)).toBe('Inconsistent');
    expect(await anchor(size, root, [])).toBe('Inconsistent');
    expect(await anchor(size, root, honest.growth)).toBe('Inconsistent');
    for (let cut = 0; cut <= own.length; cut++) {
      const spliced = [...honest.growth.slice(0, cut), ...own.slice(cut)];
      expect(await anchor(size, root, spliced)).toBe('Inconsistent');
    }
    for (const from of [1, ANCHORED - 1, ANCHORED + 1, size - 1]) {
      expect(await anchor(size, root, await forged.consistency(0, from, size))).toBe('Inconsistent');
    }
    // The honest extension's proof, with a leaf's hash too many or as the tree itself.
    expect(await anchor(size, root, [...own, root])).toBe('Inconsistent');
    expect(await anchor(size, root, [honest.root])).toBe('Inconsistent');
    expect(await anchor(ANCHORED + 1, root, [honest.root, root])).toBe('Inconsistent');
    // Another size: the same, a smaller one, none, one more, the largest there is.
    expect(await anchor(ANCHORED, await forged.root(0, ANCHORED))).toBe('Forked');
    expect(await anchor(ANCHORED - 1, await forged.root(0, ANCHORED - 1))).toBe('Shrunk');
    expect(await anchor(VICTIM, await forged.root(0, VICTIM))).toBe('Shrunk');
    expect(await anchor(0, new Uint8Array(32))).toBe('Shrunk');
    expect(await anchor(size + 1, root, own)).toBe('Inconsistent');
    expect(await anchor(2n ** 64n - 1n, root, own)).toBe('Inconsistent');
    expect(await head()).toEqual(before);
  });

  it('is refused under every other id and key, and the log stays where it was', async () => {
    const before = await head();
    const root = hexlify(await forged.root(0, size));
    const proof = (await forged.consistency(0, ANCHORED, size)).map((hash) => hexlify(hash));
    const other = new KeyHolder(anvil, new Wallet(Wallet.createRandom().privateKey));
    await anvil.rpc('anvil_setBalance', [other.address, '0xd3c21bcecceda1000000']);
    expect(await other.tries('anchor', LOG_ID, size, root, proof)).toBe('NotPublisher');
    expect(await other.tries('acceptRotation', LOG_ID)).toBe('NotSuccessor');
    expect(await thief.tries('anchor', chainLogId(other.address, ORIGIN), size, root, [])).toBe('NotPublisher');
    // A new id of the same publisher is another log: nobody's receipt is of it.
    const another = chainLogId(thief.address, `${ORIGIN}/2`);
    expect(await thief.tries('anchor', another, size, root, [])).toBe('taken');
    expect(await head()).toEqual(before);

    expect(await thief.tries('rotate', LOG_ID, other.address)).toBe('taken');
    expect(await other.tries('acceptRotation', LOG_ID)).toBe('taken');
    expect(await other.tries('anchor', LOG_ID, size, root, proof)).toBe('Inconsistent');
    expect(await other.tries('anchor', LOG_ID, ANCHORED, root, [])).toBe('Forked');
    expect(await thief.tries('anchor', LOG_ID, size, root, proof)).toBe('NotPublisher');
    expect(await head()).toEqual({ ...before, publisher: other.address.toLowerCase() });
  });

  it('stops our own anchoring, and every honest receipt still holds', async () => {
    expect(await world.anchorer().round()).toMatchObject({ problem: 'CHAIN_FORKED' });
    expect(checkReceipt(receipt, TRUST).holds).toBe(true);
    expect((await onChain(receipt)).holds).toBe(true);
  });

  it('gives receipts that fail at the anchor, whatever is written into them', async () => {
    const index = how === 'reordered' ? VICTIM + 1 : VICTIM;
    const lie = await receiptOf(index, how === 'changed' ? VICTIM : how === 'removed' ? VICTIM + 1 : VICTIM);
    const forgedRoot = hexlify(await forged.root(0, ANCHORED));
    const [anchor] = lie.anchors;
    const honestRoot = receipt.anchors[0]!.root;
    // As its server would make it, it claims a root that the transaction did not anchor.
    expect(broken(await onChain(lie))).toContain('chain-event');
    // With the root that the chain has, the log's tree is not in it.
    const rooted = { ...lie, anchors: [{ ...anchor!, root: honestRoot }] };
    expect(broken(checkReceipt(rooted, TRUST))).toContain('anchor');
    // With its own root and the anchor's state proof, the proof leads elsewhere.
    const state = { ...lie, anchors: [{ ...anchor!, root: forgedRoot, state: await stateOf() }] };
    expect(broken(checkReceipt(state, TRUST))).toContain('anchor-state');
  });
});

/** The state proof of the honest anchor. */
async function stateOf(): Promise<NonNullable<Receipt['anchors'][number]['state']>> {
  const { receipt: whole } = await new ReceiptsService(world.database, new LogReader(world.database)).forEpc(
    HONEST,
    packOf(2 * HONEST),
    'state',
  );
  return whole.anchors[0]!.state!;
}

describe('what a thief can still do', () => {
  it('is to append: the past stays in every tree that comes after', async () => {
    const own = honest.growth.map((hash) => hexlify(hash));
    expect(await thief.tries('anchor', LOG_ID, NEWER, hexlify(honest.newest), own)).toBe('taken');
    expect((await head()).size).toBe(NEWER);
    expect((await onChain(receipt)).holds).toBe(true);
  });

  it('is to open the log on a chain where it never was; a receipt from there is not believed', async () => {
    await rewrite(world.database, world.thief, 'changed', VICTIM);
    const forged = new LogReader(world.database);
    const elsewhere = await worlds.anvil(31338);
    await deployOn(elsewhere, 31338);
    const there = new KeyHolder(elsewhere, PUBLISHER_KEY, 31338);
    const root = hexlify(await forged.root(0, ANCHORED));
    expect(await there.tries('anchor', LOG_ID, ANCHORED, root, [])).toBe('taken');
    const lie = await receiptOf(VICTIM);
    const moved = { ...lie, anchors: [{ ...lie.anchors[0]!, root, chainId: 31338 }] };
    expect(broken(checkReceipt(moved, TRUST))).toEqual(['anchor-contract']);
  });
});
