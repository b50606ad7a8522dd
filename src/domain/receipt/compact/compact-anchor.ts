import { concatBytes, equalBytes, hexToBytes } from '../../bytes.js';
import type { CborValue } from '../../cbor/index.js';
import { chainLogId } from '../../tlog/chain-log-id.js';
import { toHex } from '../hostile-value.js';
import type { ReceiptLog } from '../receipt.js';
import { blockTime, type ReceiptAnchor } from '../receipt-anchor.js';
import type { StateProof } from '../state-proof.js';
import { readCheckpoint } from './compact-log.js';
import type { HostileCbor } from './compact-reader.js';

const ADDRESS_BYTES = 20;

/**
 * `[chainId, contract, logId, size, root, transaction, number, hash, time, hashes]` and, where there is one, the
 * state proof. A logId whose end follows from the origin is its first 20 bytes; a root that is the checkpoint's is null.
 */
export function packAnchor(anchor: ReceiptAnchor, { origin, checkpoint }: ReceiptLog): CborValue {
  const { chainId, contract, logId, size, root, transaction, block, consistency, state } = anchor;
  const follows = chainLogId(logId.slice(0, 42), origin) === logId;
  const rootBytes = bytesOf(root);
  const known = readCheckpoint(checkpoint)?.checkpoint.root;
  return [
    chainId,
    bytesOf(contract),
    bytesOf(follows ? logId.slice(0, 42) : logId),
    size,
    known !== undefined && equalBytes(known, rootBytes) ? null : rootBytes,
    bytesOf(transaction),
    block.number,
    bytesOf(block.hash),
    Date.parse(block.time) / 1000,
    concatBytes(...consistency),
    ...(state === undefined ? [] : [packState(state)]),
  ];
}

const bytesOf = (hex: string): Uint8Array => hexToBytes(hex.slice(2));

export function unpackAnchor(anchor: HostileCbor, log: ReceiptLog): ReceiptAnchor {
  const [chainId, contract, logId, size, root, transaction, number, hash, time, hashes, state] = anchor.list(10, 11);
  const short = logId!.bytes().length === ADDRESS_BYTES;
  return {
    chainId: chainId!.count(),
    contract: contract!.hex(ADDRESS_BYTES),
    logId: short ? chainLogId(logId!.hex(ADDRESS_BYTES), log.origin) : logId!.hex(32),
    size: size!.count(),
    root: root!.value === null ? rootOf(log, root!) : root!.hex(32),
    transaction: transaction!.hex(32),
    block: { number: number!.count(), hash: hash!.hex(32), time: blockTime(time!.count()) },
    consistency: hashes!.hashes(),
    ...(state === undefined ? {} : { state: unpackState(state) }),
  };
}

function rootOf({ checkpoint }: ReceiptLog, root: HostileCbor): string {
  const known = readCheckpoint(checkpoint)?.checkpoint.root;
  if (known === undefined) return root.refuse('a root, since there is no checkpoint to take it from');
  return toHex(known);
}

/** `[header, account, root, shared, size]`: `shared` nodes at the beginning of `size` are those of `root`. */
function packState({ header, account, root, size }: StateProof): CborValue {
  let shared = 0;
  while (shared < Math.min(root.length, size.length) && equalBytes(root[shared]!, size[shared]!)) shared++;
  return [header, account, root, shared, size.slice(shared)];
}

function unpackState(state: HostileCbor): StateProof {
  const [header, account, root, shared, size] = state.list(5);
  const nodes = (list: HostileCbor): Uint8Array[] => list.list().map((node) => node.bytes());
  const ofRoot = nodes(root!);
  return {
    header: header!.bytes(),
    account: nodes(account!),
    root: ofRoot,
    size: [...ofRoot.slice(0, shared!.count()), ...nodes(size!)],
  };
}
