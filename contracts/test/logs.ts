import { createHash } from 'node:crypto';
import {
  type HashReader,
  consistencyRanges,
  leafHash,
  nodeHash,
  proveConsistency,
  proveInclusion,
  rootFromHashes,
  rootsFromConsistency,
  treeRoot,
} from '../../src/domain/tlog/index.js';

/** A log with n generated leaves: roots and proofs for every size up to n. */
export class GeneratedLog {
  readonly leaves: Uint8Array[];

  constructor(count: number, seed = 'leaf') {
    this.leaves = Array.from({ length: count }, (_, i) => leafHash(new TextEncoder().encode(`${seed} ${i}`)));
  }

  root(size: number): Uint8Array {
    return treeRoot(this.leaves.slice(0, size));
  }

  consistency(oldSize: number, newSize: number): Uint8Array[] {
    return proveConsistency(oldSize, newSize, this.read);
  }

  inclusion(index: number, size: number): Uint8Array[] {
    return proveInclusion(index, size, this.read);
  }

  private readonly read: HashReader = ({ level, index }) =>
    treeRoot(this.leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

/**
 * The log whose entries are all the same: subtrees of one height share a hash, so its roots and proofs at any size,
 * 10^9 and more, are real ones and cost nothing to make.
 */
export class UniformLog {
  private readonly levels: Uint8Array[] = [leafHash(Uint8Array.of(1))];

  root(size: number): Uint8Array {
    return rootFromHashes(size, this.read);
  }

  consistency(oldSize: number, newSize: number): Uint8Array[] {
    return proveConsistency(oldSize, newSize, this.read);
  }

  private readonly read: HashReader = ({ level }) => {
    while (this.levels.length <= level) {
      const below = this.levels.at(-1)!;
      this.levels.push(nodeHash(below, below));
    }
    return this.levels[level]!;
  };
}

/** Two heads of one log of any size, and the proof between them. */
export interface Growth {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: Uint8Array[];
}

/** A growth without its leaves: made-up hashes stand for whole subtrees, and the roots follow from them. */
export function simulatedGrowth(oldSize: number, newSize: number, seed = 'growth'): Growth {
  const hash = (part: number): Uint8Array => new Uint8Array(createHash('sha256').update(`${seed} ${part}`).digest());
  const proof = consistencyRanges(oldSize, newSize).map((_, i) => hash(i));
  return { oldSize, newSize, proof, ...rootsFromConsistency({ oldSize, oldRoot: hash(-1), newSize, proof }) };
}
