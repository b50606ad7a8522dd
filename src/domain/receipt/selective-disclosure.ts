import { equalBytes } from '../bytes.js';
import { sha256Lanes } from '../hash/sha256-lanes.js';
import { leafHash } from '../tlog/hashing.js';
import { type Disclosure, disclosureBytes, disclosureHashes, disclosures } from './commitment.js';
import { ReceiptError } from './errors.js';
import { type LeavesProof, proveLeaves, rootFromLeaves } from './multiproof.js';

/** Some of the disclosures of an event in their order, and what leads from them to its commitment. */
export interface DisclosureProof extends LeavesProof {
  readonly disclosures: readonly Disclosure[];
}

/** A proof, and the commitment that it leads to. */
export interface ProvenDisclosures extends DisclosureProof {
  readonly commitment: Uint8Array;
}

/**
 * Discloses what `select` says yes to and proves it. Throws DISCLOSURE_INVALID if nothing is selected, and like
 * `commitEvent`.
 */
export function proveDisclosures(
  event: object,
  secret: Uint8Array,
  select: (name: string, value: Disclosure[2]) => boolean,
): ProvenDisclosures {
  const all = disclosures(event, secret);
  const indexes = [...all.keys()].filter((index) => select(all[index]![1], all[index]![2]));
  if (indexes.length === 0) throw new ReceiptError('DISCLOSURE_INVALID', 'Nothing of the event is selected.');
  const hashes = disclosureHashes(event, secret);
  return {
    ...proveLeaves(hashes, indexes),
    disclosures: indexes.map((index) => all[index]!),
    commitment: sha256Lanes().treeRoot(hashes),
  };
}

/** The commitment that disclosures lead to. Throws DISCLOSURE_INVALID for a proof that has no sound shape. */
export function commitmentFromDisclosures(proof: DisclosureProof): Uint8Array {
  const names = new Set(proof.disclosures.map(([, name]) => name));
  if (names.size !== proof.disclosures.length)
    throw new ReceiptError('DISCLOSURE_INVALID', 'A name is disclosed twice.');
  return rootFromLeaves(
    proof,
    proof.disclosures.map((disclosure) => leafHash(disclosureBytes(disclosure))),
  );
}

/** Throws DISCLOSURE_MISMATCH unless the disclosures are part of the event with this commitment. */
export function verifyDisclosures(commitment: Uint8Array, proof: DisclosureProof): void {
  if (equalBytes(commitmentFromDisclosures(proof), commitment)) return;
  throw new ReceiptError('DISCLOSURE_MISMATCH', 'The disclosures do not lead to the commitment.');
}
