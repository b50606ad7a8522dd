import { keccak_256 } from '@noble/hashes/sha3.js';
import { equalBytes, hexToBytes } from '../../../../src/domain/bytes.js';
import { toHex } from '../../../../src/domain/receipt/hostile-value.js';
import type { TrustedAnchor } from '../../../../src/domain/receipt/trust.js';
import type { VerifiedTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import type { AnchoredHead, AnchorRpc, BlockId } from './anchor-rpc.js';
import type { AnchorClaim, Evidence } from './evidence.js';
import { Alarm, type Findings, Unreachable } from './findings.js';
import { tileFaults } from './follow.js';
import { isSameAnchor } from './identity.js';
import { agreed, agreedBlock, isNoAnswer } from './nodes.js';
import type { AnchorState, MonitorState } from './state.js';

export interface AnchorsWork {
  readonly state: MonitorState;
  readonly findings: Findings;
  /** Nodes by the id of their chain. */
  readonly nodes: ReadonlyMap<number, readonly AnchorRpc[]>;
  /** The tiles of `state.head`. */
  readonly tiles: () => Promise<VerifiedTiles>;
  readonly from: string;
  readonly now: number;
  readonly graceMs: number;
  readonly overdueMs: number;
  /** The first block whose events are looked at; where it is missing, one not far behind the final one. */
  readonly fromBlock?: number;
}

const ZERO_HASH = `0x${'0'.repeat(64)}`;
const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;
const NO_CODE = toHex(keccak_256(new Uint8Array(0)));
const NOTHING: AnchoredHead = { root: ZERO_HASH, publisher: ZERO_ADDRESS, size: 0, anchoredAt: 0 };

/** Looks at every pinned anchor, each by itself: what is wrong with one chain says nothing of the next. */
export async function checkAnchors(work: AnchorsWork): Promise<void> {
  for (const anchor of work.state.pinned.anchors) {
    const nodes = work.nodes.get(anchor.chainId) ?? [];
    if (nodes.length === 0) {
      work.findings.note('CHAIN_NOT_ASKED', `Chain ${anchor.chainId} is not asked: no --rpc is a node of it.`);
      continue;
    }
    await work.findings.keeping(() => reachedOrNot(work, anchor, nodes));
  }
}

async function reachedOrNot(work: AnchorsWork, anchor: TrustedAnchor, nodes: readonly AnchorRpc[]): Promise<void> {
  const known = stateOf(work, anchor);
  try {
    await checkAnchor(work, known, nodes);
  } catch (error) {
    if (!isNoAnswer(error)) throw error;
    work.findings.note('CHAIN_NOT_REACHED', `Chain ${anchor.chainId}: ${error.message}`);
    const silentMs = work.now - Date.parse(known.reachedAt);
    if (silentMs > work.graceMs) {
      throw new Alarm('CHAIN_UNREACHABLE', `Chain ${anchor.chainId} has not been read for ${minutes(silentMs)}.`);
    }
  }
}

function stateOf({ state, now }: AnchorsWork, anchor: TrustedAnchor): AnchorState {
  const known = state.anchors.find((one) => isSameAnchor(one.anchor, anchor));
  if (known !== undefined) return known;
  const added: AnchorState = {
    ...{ anchor, size: 0, root: ZERO_HASH, publisher: ZERO_ADDRESS, anchoredAt: '' },
    ...{ block: null, scannedTo: null, aheadSince: null, reachedAt: new Date(now).toISOString() },
  };
  state.anchors.push(added);
  return added;
}

async function checkAnchor(work: AnchorsWork, known: AnchorState, nodes: readonly AnchorRpc[]): Promise<void> {
  const { anchor } = known;
  const { nodes: reached, block, failures } = await agreedBlock(nodes);
  failures.forEach((failure) => work.findings.note('CHAIN_NOT_REACHED', failure));
  if (known.block !== null && block.number < known.block.number) {
    work.findings.note(
      'NODE_BEHIND',
      `Chain ${anchor.chainId} was final up to ${known.block.number}, now ${block.number}.`,
    );
    throw new Unreachable('every node is behind what was seen before');
  }
  await work.findings.keeping(() => mustBeKept(known, reached));
  const head = await readHead(known, reached, block);
  known.reachedAt = new Date(work.now).toISOString();
  await work.findings.keeping(() => checkHead(work, known, head, block));
  await work.findings.keeping(() => checkEvents(work, known, reached, block));
  overdue(work, known);
}

/** That the block which was final at the last look is still there. */
async function mustBeKept(known: AnchorState, nodes: readonly AnchorRpc[]): Promise<void> {
  const { block: before } = known;
  if (before === null) return;
  const hash = await agreed(nodes, `block ${before.number}`, async (node) => (await node.block(before.number))?.hash);
  if (hash === before.hash) return;
  known.block = null;
  throw new Alarm(
    'CHAIN_REWRITTEN',
    `Block ${before.number} of chain ${known.anchor.chainId} was final as ${before.hash}, now it is ${hash}.`,
  );
}

async function readHead(known: AnchorState, nodes: readonly AnchorRpc[], block: BlockId): Promise<AnchoredHead> {
  const { anchor } = known;
  const place = `${anchor.contract} on chain ${anchor.chainId}`;
  const codeHash = await agreed(nodes, `the code of ${place}`, (node) => node.codeHash(anchor, block.number));
  // A contract that is not final yet is one that holds nothing yet.
  if (codeHash === NO_CODE && known.size === 0) return NOTHING;
  if (anchor.codeHash !== undefined && codeHash !== anchor.codeHash) {
    throw new Alarm('CODE_CHANGED', `The code of ${place} has the hash ${codeHash}, expected ${anchor.codeHash}.`);
  }
  const head = await agreed(nodes, `the head in ${place}`, (node) => node.head(anchor, block.number));
  if (head === 'no contract') throw new Alarm('CODE_CHANGED', `There is no contract at ${place}.`);
  return head;
}

async function checkHead(work: AnchorsWork, known: AnchorState, head: AnchoredHead, block: BlockId): Promise<void> {
  const { anchor } = known;
  if (head.size < known.size) {
    throw new Alarm(
      'ANCHOR_SHRUNK',
      `Chain ${anchor.chainId} has ${head.size} entries anchored, it had ${known.size}.`,
    );
  }
  if (known.size > 0 && head.publisher !== known.publisher) {
    work.findings.note('PUBLISHER_CHANGED', `The log's publisher on chain ${anchor.chainId} is now ${head.publisher}.`);
  }
  const compared = head.size === known.size && head.root === known.root && known.aheadSince === null;
  if (!compared) await mustBeRoot(work, known, head, block);
  Object.assign(known, {
    ...{ size: head.size, root: head.root, publisher: head.publisher, block },
    anchoredAt: head.size === 0 ? '' : new Date(head.anchoredAt * 1000).toISOString(),
  });
  ahead(work, known);
}

/** The chain's root is that of the log at its size. What is ahead of the log is compared when the log is there. */
async function mustBeRoot(
  { state, tiles, from }: AnchorsWork,
  { anchor }: AnchorState,
  claim: { readonly size: number; readonly root: string },
  block: BlockId,
): Promise<void> {
  const { head } = state;
  if (head === null || claim.size > head.size || claim.size === 0) return;
  const tree = await tiles();
  const root = await tileFaults(() => tree.prefixRoot(claim.size));
  if (equalBytes(root, hexToBytes(claim.root.slice(2)))) return;
  const proof = claim.size < head.size ? await tileFaults(() => tree.consistency(claim.size)) : undefined;
  const evidence: Evidence = {
    kind: 'anchor',
    ...{ origin: state.pinned.origin, keys: state.pinned.keys },
    notes: [{ note: head.note, at: head.at, from }],
    ...(proof === undefined ? {} : { prefix: { root, proof } }),
    anchor: { ...claimOf(anchor), size: claim.size, root: claim.root, block },
  };
  const message = `Chain ${anchor.chainId} holds the root ${claim.root} for ${claim.size} entries, the log ${toHex(root)}.`;
  throw new Alarm('ANCHOR_FORKED', message, evidence);
}

const claimOf = ({ chainId, contract, logId }: TrustedAnchor): Pick<AnchorClaim, 'chainId' | 'contract' | 'logId'> => ({
  chainId,
  contract,
  logId,
});

function ahead({ state, findings, now, graceMs }: AnchorsWork, known: AnchorState): void {
  const shown = state.head?.size ?? 0;
  if (known.size <= shown) {
    known.aheadSince = null;
    return;
  }
  known.aheadSince ??= new Date(now).toISOString();
  const message = `Chain ${known.anchor.chainId} has ${known.size} entries anchored, the log shows ${shown}.`;
  if (now - Date.parse(known.aheadSince) > graceMs) findings.alarm('CHAIN_AHEAD', message);
  else findings.note('CHAIN_AHEAD_YET', message);
}

const FIRST_REACH = 100_000;
const WIDEST_RANGE = 2_000;
const MOST_RANGES = 200;

/** Every anchor since the last look. Events that are ahead of the log are looked at again when the log is there. */
async function checkEvents(
  work: AnchorsWork,
  known: AnchorState,
  nodes: readonly AnchorRpc[],
  block: BlockId,
): Promise<void> {
  const { anchor } = known;
  let width = WIDEST_RANGE;
  let next = known.scannedTo === null ? firstBlock(work, block) : known.scannedTo + 1;
  for (let ranges = 0; next <= block.number; ranges++) {
    if (ranges === MOST_RANGES) {
      work.findings.note('EVENTS_LEFT', `Events of chain ${anchor.chainId} are checked up to block ${next - 1}.`);
      return;
    }
    const to = Math.min(block.number, next + width - 1);
    let events;
    try {
      const from = next;
      events = await agreed(nodes, `the anchors in blocks ${from} to ${to}`, (node) => node.anchored(anchor, from, to));
    } catch (error) {
      // Nodes bound what they search at once, each in its own way.
      if (!isNoAnswer(error) || width === 1) throw error;
      width = Math.max(1, Math.floor(width / 4));
      continue;
    }
    for (const event of events) {
      if (event.size > (work.state.head?.size ?? 0)) {
        known.scannedTo = event.block - 1;
        return;
      }
      const eventBlock = { number: event.block, hash: (await nodes[0]!.block(event.block))?.hash ?? ZERO_HASH };
      await mustBeRoot(work, known, event, eventBlock);
    }
    known.scannedTo = to;
    next = to + 1;
  }
}

const firstBlock = ({ fromBlock }: AnchorsWork, { number }: BlockId): number =>
  fromBlock ?? Math.max(0, number - FIRST_REACH);

/** Entries that have been seen for too long and that the chain does not hold. */
function overdue({ state, now, overdueMs }: AnchorsWork, { anchor, size }: AnchorState): void {
  const waiting = state.sizes.find((seen) => seen.size > size);
  if (waiting === undefined) return;
  const sinceMs = now - Date.parse(waiting.at);
  if (sinceMs <= overdueMs) return;
  throw new Alarm(
    'ANCHOR_OVERDUE',
    `Entries from ${size} on have been in the log for ${minutes(sinceMs)} and are not final on chain ${anchor.chainId}.`,
  );
}

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} minutes`;
