import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '../bytes.js';
import {
  ed25519Cosigner,
  ed25519Signer,
  formatPolicy,
  formatVerifierKey,
  leafHash,
  proveConsistency,
  proveInclusion,
  signCheckpoint,
  treeRoot,
  type TreeNode,
} from '../tlog/index.js';
import type { ChainReader } from './chain.js';
import { eventEntry } from './check.js';
import { commitEvent } from './commitment.js';
import { toHex } from './hostile-value.js';
import { type Receipt, type ReceiptAnchor, receiptEvent } from './receipt.js';
import { proveDisclosures } from './selective-disclosure.js';
import { exampleState } from './state-proof.fixture.js';

/** The event, the log and the chain of the worked examples in docs/formats, and of the tests. Not for production. */
export const EXAMPLE_EVENT = {
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'ObjectEvent',
  eventID: 'urn:uuid:3f0f5ee0-9a0c-4b6a-8b0e-5b5b5b5b5b5b',
  eventTime: '2026-03-01T08:00:00.000+03:00',
  eventTimeZoneOffset: '+03:00',
  action: 'ADD',
  bizStep: 'commissioning',
  disposition: 'active',
  readPoint: { id: 'https://id.gs1.org/414/9506000134369' },
  epcList: ['https://id.gs1.org/01/09506000134352/21/A1', 'https://id.gs1.org/01/09506000134352/21/A2'],
  ilmd: { lotNumber: '007', itemExpirationDate: '2027-12-31' },
};
export const EXAMPLE_SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
export const EXAMPLE_ORIGIN = 'halisi.example/log';
const EXAMPLE_INDEX = 3;

const signer = ed25519Signer(EXAMPLE_ORIGIN, new Uint8Array(32).fill(7));
export const EXAMPLE_KEY = formatVerifierKey(signer.key);

const entryOf = (index: number): Uint8Array =>
  index === EXAMPLE_INDEX
    ? eventEntry(commitEvent(EXAMPLE_EVENT, EXAMPLE_SECRET).commitment)
    : eventEntry(sha256(utf8ToBytes(`entry ${index}`)));
export const exampleLeaves = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, index) => leafHash(entryOf(index)));

const EXAMPLE_ANCHOR = {
  chainId: 31337,
  contract: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  logId: `0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266${bytesToHex(sha256(utf8ToBytes(EXAMPLE_ORIGIN)).slice(0, 12))}`,
  transaction: `0x${'1f'.repeat(32)}`,
  block: { number: 42, hash: `0x${'2e'.repeat(32)}`, time: '2026-03-01T05:00:12Z' },
};
const { chainId, contract, logId } = EXAMPLE_ANCHOR;
export const EXAMPLE_TRUST = {
  logs: [{ origin: EXAMPLE_ORIGIN, keys: [EXAMPLE_KEY], anchors: [{ chainId, contract, logId }] }],
};

/** Shows the first pack, its step, time, lot and expiry; checkpoint of `size` entries, anchored with `anchoredSize`. */
export function exampleReceipt(size = 7, anchoredSize = size): Receipt {
  const shown = ['type', 'eventTime', 'bizStep', 'ilmd/lotNumber', 'ilmd/itemExpirationDate', 'epcList/0'];
  const leaves = exampleLeaves(anchoredSize);
  const read = (node: TreeNode): Uint8Array =>
    treeRoot(leaves.slice(node.index * 2 ** node.level, (node.index + 1) * 2 ** node.level));
  const root = treeRoot(leaves.slice(0, size));
  const anchor: ReceiptAnchor = {
    ...EXAMPLE_ANCHOR,
    size: anchoredSize,
    root: toHex(treeRoot(leaves)),
    consistency: proveConsistency(size, anchoredSize, read),
  };
  return {
    event: receiptEvent(proveDisclosures(EXAMPLE_EVENT, EXAMPLE_SECRET, (name) => shown.includes(name))),
    log: {
      origin: EXAMPLE_ORIGIN,
      index: EXAMPLE_INDEX,
      proof: proveInclusion(EXAMPLE_INDEX, size, read),
      checkpoint: signCheckpoint({ origin: EXAMPLE_ORIGIN, size, root }, [signer]),
    },
    anchors: [anchor],
  };
}

const COSIGNED_AT = 1_772_341_200;
const witnesses = ['witness.example/nairobi', 'witness.example/arusha'].map((name, i) =>
  ed25519Cosigner(name, new Uint8Array(32).fill(20 + i), () => COSIGNED_AT + i),
);
/** A state proof for the example's anchor of a tree, and the block that it is of. */
export const exampleStateOf = (
  { root, size }: Pick<ReceiptAnchor, 'root' | 'size'>,
  others = 2,
  contract = EXAMPLE_ANCHOR.contract,
): Required<Pick<ReceiptAnchor, 'state' | 'block'>> => {
  const { logId, block } = EXAMPLE_ANCHOR;
  const { number, time } = block;
  const state = exampleState({ contract, logId, root, size, number, time: Date.parse(time) / 1000 }, others);
  return { state: state.proof, block: { ...block, hash: state.block.hash as string } };
};

/** As `exampleReceipt`, with a state proof and the cosignatures of two witnesses. */
export function provenReceipt(size = 7, anchoredSize = size, others = 2): Receipt {
  const receipt = exampleReceipt(size, anchoredSize);
  const root = treeRoot(exampleLeaves(anchoredSize).slice(0, size));
  return {
    ...receipt,
    log: {
      ...receipt.log,
      checkpoint: signCheckpoint({ origin: EXAMPLE_ORIGIN, size, root }, [signer, ...witnesses]),
    },
    anchors: receipt.anchors.map((anchor) => ({ ...anchor, ...exampleStateOf(anchor, others) })),
  };
}

/** Trusts the two witnesses, both to be asked for, and the block of `provenReceipt()`. */
export const PROVEN_TRUST = {
  logs: [
    {
      ...EXAMPLE_TRUST.logs[0]!,
      policy: formatPolicy({
        logs: [],
        witnesses: witnesses.map(({ key }, i) => ({ name: ['nairobi', 'arusha'][i]!, key })),
        groups: [{ name: 'both', threshold: 2, members: ['nairobi', 'arusha'] }],
        quorum: 'both',
      }),
      blocks: provenReceipt().anchors.map((anchor) => ({
        chainId: anchor.chainId,
        number: anchor.block.number,
        hash: anchor.block.hash,
      })),
    },
  ],
};

/** A chain that holds the receipt's anchors, and nothing else. */
export function exampleChain({ anchors }: Receipt): ChainReader {
  const seconds = (time: string): number => Date.parse(time) / 1000;
  return {
    chainId: () => Promise.resolve(anchors[0]!.chainId),
    finalizedBlock: () => Promise.resolve(1000),
    block(number) {
      const found = anchors.find(({ block }) => block.number === number)?.block;
      return Promise.resolve(found && { hash: found.hash, time: seconds(found.time) });
    },
    anchored: (transaction) =>
      Promise.resolve(
        anchors
          .filter((anchor) => anchor.transaction === transaction)
          .map((anchor) => ({ ...anchor, blockNumber: anchor.block.number, blockHash: anchor.block.hash })),
      ),
    codeHash: () => Promise.resolve(toHex(sha256(new Uint8Array(0)))),
  };
}
