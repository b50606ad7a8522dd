import { hexToBytes } from '../bytes.js';
import type { Checkpoint } from '../tlog/checkpoint.js';
import { verifyConsistency } from '../tlog/proof.js';
import { blockTime, type Evidence, type ReceiptAnchor } from './receipt.js';
import { attempt, type Check, fails, holds, notAsked, reason } from './report.js';
import { type AnchoredState, openStateProof } from './state-proof.js';
import type { Trust, TrustedLog } from './trust.js';

/** The links of every anchor that need no network, each with the anchor's number. */
export function checkAnchors(
  { log, anchors }: Evidence,
  checkpoint: Checkpoint | string,
  trust: Trust | undefined,
): Check[] {
  if (anchors.length === 0) return [fails('anchor', 'The receipt names no chain.')];
  const trusted = trustedLog(trust, log.origin);
  return anchors.flatMap((anchor, i) => {
    const strange = isStranger(anchor, anchors, trusted);
    const checks = [
      checkTree(anchor, checkpoint),
      checkContract(anchor, trust, trusted, strange),
      ...checkState(anchor, trusted),
      checkBlock(anchor, trusted),
    ];
    return checks.map((check) => ({ ...(strange ? unsaid(check) : check), anchor: i }));
  });
}

/** Of a stranger a link can break, and cannot hold: its contract may say of this log whatever its maker likes. */
const unsaid = (check: Check): Check =>
  check.ok === true
    ? notAsked(check.name, 'The contract is not in the trust file: it says nothing of this log.')
    : check;

export const trustedLog = (trust: Trust | undefined, origin: string): TrustedLog | undefined =>
  trust?.logs.find((log) => log.origin === origin);

/** The anchor of the trust file that is meant. */
export const trustedAnchor = (log: TrustedLog | undefined, { chainId, contract, logId }: ReceiptAnchor) =>
  log?.anchors.find((anchor) => anchor.chainId === chainId && anchor.contract === contract && anchor.logId === logId);

/** Whether an anchor is not in the trust file, and another one is: it says nothing then, and breaks nothing by it. */
export const isStranger = (
  anchor: ReceiptAnchor,
  anchors: readonly ReceiptAnchor[],
  trusted: TrustedLog | undefined,
): boolean =>
  trustedAnchor(trusted, anchor) === undefined && anchors.some((each) => trustedAnchor(trusted, each) !== undefined);

/** That what the chain is said to hold is the tree of the checkpoint, or a proven extension of it. */
function checkTree(anchor: ReceiptAnchor, checkpoint: Checkpoint | string): Check {
  if (typeof checkpoint === 'string') return fails('anchor', 'There is no checkpoint to compare it with.');
  const { size, root } = checkpoint;
  const claim = {
    oldSize: size,
    oldRoot: root,
    newSize: anchor.size,
    newRoot: hexToBytes(anchor.root.slice(2)),
    proof: anchor.consistency,
  };
  return attempt('anchor', `The anchored tree of ${anchor.size} entries holds the checkpoint's ${size}.`, () =>
    verifyConsistency(claim),
  );
}

function checkContract(
  anchor: ReceiptAnchor,
  trust: Trust | undefined,
  trusted: TrustedLog | undefined,
  strange: boolean,
): Check {
  const place = `Contract ${anchor.contract} on chain ${anchor.chainId}`;
  if (trust === undefined)
    return notAsked('anchor-contract', 'No trust file was given, so nobody knows whose contract it is.');
  if (trustedAnchor(trusted, anchor) !== undefined)
    return holds('anchor-contract', `${place} is where this log is anchored.`);
  const detail = `${place}, log ${anchor.logId}, is not in the trust file.`;
  return strange ? notAsked('anchor-contract', detail) : fails('anchor-contract', detail);
}

/** `anchor-state`, and `chain-code` where the proof answers it. */
function checkState(anchor: ReceiptAnchor, trusted: TrustedLog | undefined): Check[] {
  const { state, block } = anchor;
  if (state === undefined) {
    const why = 'The receipt has no state proof: block and transaction are its issuer’s word until the chain is asked.';
    return [notAsked('anchor-state', why)];
  }
  try {
    const proven = openStateProof(state, anchor.contract, anchor.logId);
    const strange = contradiction(anchor, proven);
    if (strange !== undefined) return [fails('anchor-state', strange)];
    const detail =
      `If ${blockName(anchor)} has the hash ${block.hash}, the contract held ${anchor.size} entries with the root ` +
      `${anchor.root} in it, and it is of ${block.time}. Which transaction put them there is not part of this proof.`;
    return [holds('anchor-state', detail), ...codeOfState(anchor, proven, trusted)];
  } catch (error) {
    return [fails('anchor-state', reason(error))];
  }
}

function codeOfState(anchor: ReceiptAnchor, { codeHash }: AnchoredState, trusted: TrustedLog | undefined): Check[] {
  const expected = trustedAnchor(trusted, anchor)?.codeHash;
  if (expected === undefined) return [];
  if (codeHash === expected) return [holds('chain-code', `In that block the contract has the code that is trusted.`)];
  return [fails('chain-code', `The code of ${anchor.contract} has the hash ${codeHash}, expected ${expected}.`)];
}

/** What the anchor says otherwise than its state proof. */
function contradiction({ block, size, root }: ReceiptAnchor, proven: AnchoredState): string | undefined {
  const pairs: [string, string | number, string | number][] = [
    ['hash of the block', block.hash, proven.blockHash],
    ['number of the block', block.number, proven.blockNumber],
    ['time of the block', block.time, blockTime(proven.blockTime)],
    ['anchored size', size, proven.head.size],
    ['anchored root', root, proven.head.root],
  ];
  const wrong = pairs.find(([, said, shown]) => said !== shown);
  return wrong && `The ${wrong[0]} is ${wrong[2]} in the state proof, the receipt says ${wrong[1]}.`;
}

/** Whether the reader knows the block: what a state proof ends in. */
function checkBlock(anchor: ReceiptAnchor, trusted: TrustedLog | undefined): Check {
  const { chainId, block, state } = anchor;
  const known = trusted?.blocks.filter((one) => one.chainId === chainId && one.number === block.number) ?? [];
  if (known.length > 0 && known.every(({ hash }) => hash !== block.hash)) {
    const [{ hash }] = known as [(typeof known)[number]];
    return fails('block-known', `${blockName(anchor)} is ${hash} in the trust file, the receipt says ${block.hash}.`);
  }
  if (state === undefined)
    return notAsked('block-known', 'Without a state proof nothing leads from a block to the log.');
  if (known.length > 0) return holds('block-known', `The trust file names ${blockName(anchor)} with this hash.`);
  const left = `Left to believe: that ${blockName(anchor)} has the hash ${block.hash}. Compare it with any source.`;
  return notAsked('block-known', left);
}

const blockName = ({ chainId, block }: ReceiptAnchor): string => `block ${block.number} of chain ${chainId}`;
