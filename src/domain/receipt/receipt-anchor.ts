import { toBase64 } from '../bytes.js';
import type { HostileValue } from './hostile-value.js';
import { readHashes } from './receipt-event.js';
import type { StateProof } from './state-proof.js';

/** Where a chain recorded the log. Addresses and hashes are `0x` and lower-case hex. */
export interface ReceiptAnchor {
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
  readonly size: number;
  readonly root: string;
  readonly transaction: string;
  readonly block: { readonly number: number; readonly hash: string; readonly time: string };
  /** From the checkpoint to the anchored tree, where that one is larger. */
  readonly consistency: readonly Uint8Array[];
  /** That the contract holds this size and root in the block with this hash. */
  readonly state?: StateProof;
}

/** Hashes that a proof of the log has at most. */
export const MOST_PROOF = 64;
const MOST_ANCHORS = 16;
const MOST_NODES = 65;
const MOST_NODE_BYTES = 1024;
const MOST_HEADER_BYTES = 4096;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const LAST_SECOND = 253_402_300_799;

/** The time of a block, from its seconds since 1970, as receipts write it; `never` behind the year 9999. */
export const blockTime = (seconds: number): string =>
  seconds > LAST_SECOND ? 'never' : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The JSON of an anchor. */
export function anchorJson(anchor: ReceiptAnchor): object {
  const { chainId, contract, logId, size, root, transaction, block, consistency, state } = anchor;
  return {
    ...{ chainId, contract, logId, size, root, transaction },
    block: { number: block.number, hash: block.hash, time: block.time },
    ...(consistency.length > 0 ? { consistency: consistency.map(toBase64) } : {}),
    ...(state === undefined ? {} : { state: stateJson(state) }),
  };
}

const stateJson = ({ header, account, root, size }: StateProof): object => ({
  header: toBase64(header),
  account: account.map(toBase64),
  root: root.map(toBase64),
  size: size.map(toBase64),
});

/** Reads a list of anchors. */
export const readAnchors = (anchors: HostileValue): ReceiptAnchor[] => anchors.list(MOST_ANCHORS).map(readAnchor);

function readAnchor(anchor: HostileValue): ReceiptAnchor {
  anchor.only('chainId', 'contract', 'logId', 'size', 'root', 'transaction', 'block', 'consistency', 'state');
  const block = anchor.member('block');
  block.only('number', 'hash', 'time');
  const consistency = anchor.member('consistency');
  const state = anchor.member('state');
  return {
    chainId: anchor.member('chainId').count(),
    contract: anchor.member('contract').hex(20),
    logId: anchor.member('logId').hex(32),
    size: anchor.member('size').count(),
    root: anchor.member('root').hex(32),
    transaction: anchor.member('transaction').hex(32),
    block: {
      number: block.member('number').count(),
      hash: block.member('hash').hex(32),
      time: readTime(block.member('time')),
    },
    consistency: consistency.isMissing() ? [] : readConsistency(consistency),
    ...(state.isMissing() ? {} : { state: readState(state) }),
  };
}

function readConsistency(consistency: HostileValue): Uint8Array[] {
  const hashes = readHashes(consistency, MOST_PROOF);
  return hashes.length > 0 ? hashes : consistency.refuse('hashes, or no such member');
}

function readState(state: HostileValue): StateProof {
  state.only('header', 'account', 'root', 'size');
  return {
    header: state.member('header').base64(MOST_HEADER_BYTES),
    account: readNodes(state.member('account')),
    root: readNodes(state.member('root')),
    size: readNodes(state.member('size')),
  };
}

const readNodes = (nodes: HostileValue): Uint8Array[] =>
  nodes.list(MOST_NODES).map((node) => node.base64(MOST_NODE_BYTES));

function readTime(time: HostileValue): string {
  const text = time.text(TIME, 'a time such as 2026-03-01T05:00:12Z');
  const seconds = Date.parse(text) / 1000;
  return seconds >= 0 && blockTime(seconds) === text ? text : time.refuse('a time from 1970 on');
}
