import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '../bytes.js';
import { ed25519Signer, leafHash, proveInclusion, signCheckpoint, treeRoot, type TreeNode } from '../tlog/index.js';
import { eventEntry } from './check.js';
import { commitEvent } from './commitment.js';
import { toHex } from './hostile-value.js';
import { type Receipt, receiptEvent } from './receipt.js';
import { EXAMPLE_EVENT, EXAMPLE_ORIGIN, exampleReceipt } from './receipt.fixture.js';
import { proveDisclosures } from './selective-disclosure.js';

const signer = ed25519Signer(EXAMPLE_ORIGIN, new Uint8Array(32).fill(7));

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
