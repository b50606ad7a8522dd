import { equalBytes } from '../bytes.js';
import { leafHash } from '../tlog/hashing.js';
import { type Disclosure, disclosureBytes, disclosureHashes, disclosures } from './commitment.js';
import { ReceiptError } from './errors.js';
import { proveLeaves, rootFromLeaves } from './multiproof.js';

/** Some of the disclosures of an event, and what leads from them to its commitment. */
export interface DisclosureProof {
  /** How many disclosures the event has; shapes the proof, and is itself proven only in so far as the proof fits. */
  readonly size: number;
  /** Ascending. */
  readonly indexes: readonly number[];
  readonly disclosures: readonly Disclosure[];
  readonly hashes: readonly Uint8Array[];
}

/**
 * Discloses what `select` says yes to and proves it. Throws DISCLOSURE_INVALID if nothing is selected, and like
 * `commitEvent`.
 */
export function proveDisclosures(
  event: object,
  secret: Uint8Array,
  select: (name: string, value: Disclosure[2]) => boolean,
): DisclosureProof {
  const all = disclosures(event, secret);
  const indexes = [...all.keys()].filter((index) => select(all[index]![1], all[index]![2]));
  if (indexes.length === 0) throw new ReceiptError('DISCLOSURE_INVALID', 'Nothing of the event is selected.');
  return {
    size: all.length,
    indexes,
    disclosures: indexes.map((index) => all[index]!),
    hashes: proveLeaves(disclosureHashes(event, secret), indexes),
  };
}

/** The commitment that disclosures lead to. Throws DISCLOSURE_INVALID for a proof that has no sound shape. */
export function commitmentFromDisclosures(proof: DisclosureProof): Uint8Array {
  if (proof.indexes.length !== proof.disclosures.length) {
    const counts = `${proof.indexes.length} indexes came for ${proof.disclosures.length} disclosures.`;
    throw new ReceiptError('DISCLOSURE_INVALID', counts);
  }
  const names = new Set(proof.disclosures.map(([, name]) => name));
  if (names.size !== proof.disclosures.length)
    throw new ReceiptError('DISCLOSURE_INVALID', 'A name is disclosed twice.');
  const leaves = proof.disclosures.map((disclosure, i) => ({
    index: proof.indexes[i]!,
    hash: leafHash(disclosureBytes(disclosure)),
  }));
  return rootFromLeaves(proof.size, leaves, proof.hashes);
}

/** Throws DISCLOSURE_MISMATCH unless the disclosures are part of the event with this commitment. */
export function verifyDisclosures(commitment: Uint8Array, proof: DisclosureProof): void {
  if (equalBytes(commitmentFromDisclosures(proof), commitment)) return;
  throw new ReceiptError('DISCLOSURE_MISMATCH', 'The disclosures do not lead to the commitment.');
}
