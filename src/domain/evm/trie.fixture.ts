import { keccak_256 } from '@noble/hashes/sha3.js';
import { encodeRlp, type Rlp } from './rlp.js';
import { nibbles } from './trie.js';

/** A small builder of Merkle-Patricia tries, written from Yellow Paper appendix D. For tests only. */
interface Entry {
  readonly path: readonly number[];
  readonly value: Uint8Array;
}

/** A trie whose keys are hashed; `prove` gives the nodes on the way to a key. */
export interface BuiltTrie {
  readonly root: Uint8Array;
  prove(key: Uint8Array): Uint8Array[];
}

export function buildTrie(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): BuiltTrie {
  const node = build(entries.map(([key, value]) => ({ path: [...nibbles(keccak_256(key))], value })));
  return {
    root: keccak_256(encodeRlp(node)),
    prove: (key) => walk(entries, [...nibbles(keccak_256(key))]),
  };
}

function build(entries: readonly Entry[]): Rlp {
  const [first] = entries;
  if (first === undefined) return new Uint8Array(0);
  if (entries.length === 1) return [prefix(first.path, true), first.value];
  const shared = sharedPrefix(entries);
  if (shared > 0) return [prefix(first.path.slice(0, shared), false), reference(build(drop(entries, shared)))];
  return [
    ...Array.from({ length: 16 }, (_, nibble) => {
      const below = entries.filter(({ path }) => path[0] === nibble);
      return below.length === 0 ? new Uint8Array(0) : reference(build(drop(below, 1)));
    }),
    new Uint8Array(0),
  ];
}

/** The nodes that are hashed, on the way down a path. */
function walk(all: readonly (readonly [Uint8Array, Uint8Array])[], path: readonly number[]): Uint8Array[] {
  let entries: Entry[] = all.map(([key, value]) => ({ path: [...nibbles(keccak_256(key))], value }));
  const nodes: Uint8Array[] = [];
  let left = path;
  while (entries.length > 0) {
    const rlp = encodeRlp(build(entries));
    if (rlp.length >= 32 || nodes.length === 0) nodes.push(rlp);
    if (entries.length === 1) break;
    const step = sharedPrefix(entries) || 1;
    entries = drop(
      entries.filter((entry) => entry.path.slice(0, step).join() === left.slice(0, step).join()),
      step,
    );
    left = left.slice(step);
  }
  return nodes;
}

function reference(node: Rlp): Rlp {
  const rlp = encodeRlp(node);
  return rlp.length < 32 ? node : keccak_256(rlp);
}

function sharedPrefix(entries: readonly Entry[]): number {
  const { path } = entries[0]!;
  let shared = 0;
  while (shared < path.length && entries.every((entry) => entry.path[shared] === path[shared])) shared++;
  return shared;
}

const drop = (entries: readonly Entry[], count: number): Entry[] =>
  entries.map(({ path, value }) => ({ path: path.slice(count), value }));

function prefix(path: readonly number[], leaf: boolean): Uint8Array {
  const odd = path.length % 2;
  const all = odd === 1 ? [leaf ? 3 : 1, ...path] : [leaf ? 2 : 0, 0, ...path];
  return Uint8Array.from({ length: all.length / 2 }, (_, i) => all[2 * i]! * 16 + all[2 * i + 1]!);
}
