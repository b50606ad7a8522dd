import { TlogError } from './errors.js';
import { HASH_SIZE, TreeHasher, assertHash, emptyRoot, plainTreeHasher } from './hashing.js';
import { nodesOfRange } from './node.js';
import { assertSize, isOdd, half } from './sizes.js';

/** RFC 6962 §2.1 root of leaf hashes in order. Every hash is 32 bytes, or TLOG_HASH_INVALID. */
export function treeRoot(leafHashes: readonly Uint8Array[], hasher: TreeHasher = plainTreeHasher): Uint8Array {
  return packedRoot(pack(leafHashes), hasher);
}

/** As `treeRoot`, with the leaf hashes packed one after another (32·n bytes). */
export function packedRoot(leafHashes: Uint8Array, hasher: TreeHasher = plainTreeHasher): Uint8Array {
  assertPacked(leafHashes);
  if (leafHashes.length === 0) return emptyRoot();
  let level = leafHashes;
  while (level.length > HASH_SIZE) level = levelAbove(level, hasher);
  return level.slice();
}

/** The level above a packed level: pairs are hashed, a last odd hash is carried up as it is. */
function levelAbove(level: Uint8Array, hasher: TreeHasher): Uint8Array {
  const paired = level.length - (level.length % (2 * HASH_SIZE));
  const hashed = hasher.nodes(level.subarray(0, paired));
  if (paired === level.length) return hashed;
  const above = new Uint8Array(hashed.length + HASH_SIZE);
  above.set(hashed);
  above.set(level.subarray(paired), hashed.length);
  return above;
}

/** One packed array from hashes of 32 bytes each. */
export function pack(hashes: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(hashes.length * HASH_SIZE);
  hashes.forEach((hash, i) => {
    assertHash(hash, `number ${i}`);
    packed.set(hash, i * HASH_SIZE);
  });
  return packed;
}

/** Throws TLOG_HASH_INVALID unless `packed` is a whole number of hashes. */
export function assertPacked(packed: Uint8Array): void {
  if (packed.length % HASH_SIZE === 0) return;
  throw new TlogError('TLOG_HASH_INVALID', `${packed.length} bytes are not a whole number of 32-byte hashes.`, {
    length: packed.length,
  });
}

/** Folds perfect subtrees, given left to right and largest first, into the root over all of them. */
export function foldRight(hashes: readonly Uint8Array[], hasher: TreeHasher = plainTreeHasher): Uint8Array {
  return hashes.reduceRight((right, left) => hasher.node(left, right));
}

/**
 * The right edge of a growing tree: the roots of its perfect subtrees, largest first (a compact range from 0).
 * It appends leaf hashes and gives the root in O(log n), so that nothing is read from the start of a log.
 */
export class Frontier {
  private constructor(
    private count: number,
    private readonly edge: Uint8Array[],
    private readonly hasher: TreeHasher,
  ) {}

  /** The frontier of an empty tree. */
  static empty(hasher: TreeHasher = plainTreeHasher): Frontier {
    return new Frontier(0, [], hasher);
  }

  /** A frontier as `hashes` gave it; one hash for every one-bit of `size`, or TLOG_PROOF_LENGTH. */
  static of(size: number, hashes: readonly Uint8Array[], hasher: TreeHasher = plainTreeHasher): Frontier {
    assertSize(size);
    const expected = nodesOfRange({ start: 0, end: size }).length;
    if (hashes.length !== expected) {
      throw new TlogError(
        'TLOG_PROOF_LENGTH',
        `A frontier of ${size} leaves has ${expected} hashes, got ${hashes.length}.`,
        { size, expected, got: hashes.length },
      );
    }
    hashes.forEach((hash, i) => assertHash(hash, `frontier number ${i}`));
    return new Frontier(
      size,
      hashes.map((hash) => hash.slice()),
      hasher,
    );
  }

  /** Leaves so far. */
  get size(): number {
    return this.count;
  }

  /** Copies of the hashes, as `Frontier.of` takes them. */
  get hashes(): Uint8Array[] {
    return this.edge.map((hash) => hash.slice());
  }

  /** Adds one leaf hash at the end. */
  append(leaf: Uint8Array): void {
    assertHash(leaf, 'leaf');
    let hash: Uint8Array = leaf.slice();
    for (let rest = this.count; isOdd(rest); rest = half(rest)) hash = this.hasher.node(this.edge.pop()!, hash);
    this.edge.push(hash);
    this.count++;
  }

  /** Adds packed leaf hashes (32·n bytes) at the end, whole perfect subtrees at a time. */
  appendPacked(leaves: Uint8Array): void {
    assertPacked(leaves);
    let at = 0;
    while (at < leaves.length) {
      const left = (leaves.length - at) / HASH_SIZE;
      const width = alignedWidth(this.count, left);
      this.appendSubtree(packedRoot(leaves.subarray(at, at + width * HASH_SIZE), this.hasher), width);
      at += width * HASH_SIZE;
    }
  }

  private appendSubtree(root: Uint8Array, width: number): void {
    let hash = root;
    for (let rest = this.count / width; isOdd(rest); rest = half(rest)) hash = this.hasher.node(this.edge.pop()!, hash);
    this.edge.push(hash);
    this.count += width;
  }

  /** The root of the tree so far. */
  root(): Uint8Array {
    return this.count === 0 ? emptyRoot() : foldRight(this.edge, this.hasher).slice();
  }

  /** An independent copy. */
  clone(): Frontier {
    return new Frontier(this.count, this.hashes, this.hasher);
  }
}

/** The widest perfect subtree that starts at leaf `start` and needs no more than `available` leaves. */
function alignedWidth(start: number, available: number): number {
  let width = 1;
  while (width * 2 <= available && start % (width * 2) === 0) width *= 2;
  return width;
}
