import { createHash, randomBytes } from 'node:crypto';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import { MerkleTree } from 'merkletreejs';

/** Prints the milliseconds that another library takes for the root of as many leaf hashes: `node rival-root.js NAME COUNT`. */
const [name, count] = process.argv.slice(2);
const bytes = randomBytes(Number(count) * 32);
const leaves = Array.from({ length: Number(count) }, (_, i) => bytes.subarray(i * 32, (i + 1) * 32));
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

const roots: Readonly<Record<string, () => unknown>> = {
  merkletreejs: () => new MerkleTree(leaves, sha256).getRoot(),
  '@openzeppelin/merkle-tree': () => SimpleMerkleTree.of(leaves, { sortLeaves: false }).root,
};
const work = roots[name ?? ''];
if (work === undefined) throw new Error(`Expected one of ${Object.keys(roots).join(', ')}; got ${name}.`);
const start = performance.now();
work();
console.log(performance.now() - start);
