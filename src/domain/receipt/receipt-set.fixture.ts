import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '../bytes.js';
import {
  ed25519Cosigner,
  ed25519Signer,
  inclusionRanges,
  leafHash,
  proveInclusion,
  rootFromInclusion,
  signCheckpoint,
  treeRoot,
  type TreeNode,
} from '../tlog/index.js';
import { eventEntry } from './check.js';
import { commitEvent } from './commitment.js';
import { toHex } from './hostile-value.js';
import { type Receipt, receiptEvent } from './receipt.js';
import { EXAMPLE_EVENT, EXAMPLE_ORIGIN, exampleReceipt, exampleStateOf } from './receipt.fixture.js';
import { proveDisclosures } from './selective-disclosure.js';

const signer = ed25519Signer(EXAMPLE_ORIGIN, new Uint8Array(32).fill(7));

const LARGE = { index: 7_654_321, size: 10_000_000 };
const witnesses = ['witness.example/nairobi', 'witness.example/arusha'].map((name, i) =>
  ed25519Cosigner(name, new Uint8Array(32).fill(20 + i), () => 1_772_341_200 + i),
);

/**
 * One pack of an event of `packs`, in a log of ten million entries whose other hashes are made up: its step, time, lot
 * and expiry are shown.
 */
export function packReceipt(packs: number, cosignatures: number, state = false): Receipt {
  const body = {
    ...EXAMPLE_EVENT,
    epcList: Array.from({ length: packs }, (_, i) => `https://id.gs1.org/01/09506000134352/21/A${i}`),
  };
  const shown = ['type', 'eventTime', 'bizStep', 'ilmd/lotNumber', 'ilmd/itemExpirationDate', 'epcList/7'];
  const event = receiptEvent(proveDisclosures(body, sha256(utf8ToBytes('pack')), (name) => shown.includes(name)));
  const proof = inclusionRanges(LARGE.index, LARGE.size).map((_, i) => sha256(utf8ToBytes(`sibling ${i}`)));
  const root = rootFromInclusion({ ...LARGE, proof, leafHash: leafHash(eventEntry(event.commitment)) });
  const head = { origin: EXAMPLE_ORIGIN, size: LARGE.size, root };
  const checkpoint = signCheckpoint(head, [signer, ...witnesses.slice(0, cosignatures)]);
  const anchor = { ...exampleReceipt().anchors[0]!, size: LARGE.size, root: toHex(root) };
  return {
    event,
    log: { origin: EXAMPLE_ORIGIN, index: LARGE.index, proof, checkpoint },
    anchors: [state ? { ...anchor, ...exampleStateOf(anchor, 600) } : anchor],
  };
}

/** A lot that was commissioned in `events` events of `packs` packs each, spread over a log with others between. */
export function lotReceipts(
  events: number,
  packs: number,
  select: (name: string) => boolean = () => true,
  spread = 3,
): Receipt[] {
  const bodies = Array.from({ length: events }, (_, e) => ({
    body: {
      ...EXAMPLE_EVENT,
      eventID: `urn:uuid:${String(e).padStart(8, '0')}-9a0c-4b6a-8b0e-5b5b5b5b5b5b`,
      epcList: Array.from({ length: packs }, (_, i) => `https://id.gs1.org/01/09506000134352/21/${e}-${i}`),
    },
    secret: sha256(utf8ToBytes(`secret ${e}`)),
  }));
  const size = events * spread + 1;
  const leaves = Array.from({ length: size }, (_, i) => leafHash(eventEntry(sha256(utf8ToBytes(`other ${i}`)))));
  for (const [e, { body, secret }] of bodies.entries()) {
    leaves[e * spread] = leafHash(eventEntry(commitEvent(body, secret).commitment));
  }
  const read = ({ level, index }: TreeNode): Uint8Array =>
    treeRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const root = treeRoot(leaves);
  const checkpoint = signCheckpoint({ origin: EXAMPLE_ORIGIN, size, root }, [signer]);
  const anchors = exampleReceipt().anchors.map((anchor) => ({ ...anchor, size, root: toHex(root) }));
  return bodies.map(({ body, secret }, e) => ({
    event: receiptEvent(proveDisclosures(body, secret, select)),
    log: { origin: EXAMPLE_ORIGIN, index: e * spread, proof: proveInclusion(e * spread, size, read), checkpoint },
    anchors,
  }));
}
