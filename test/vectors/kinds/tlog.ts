import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesToHex, concatBytes, fromBase64, hexToBytes, utf8ToBytes } from '../../../src/domain/bytes.js';
import { DomainError } from '../../../src/domain/errors.js';
import {
  Frontier,
  TileReader,
  decodeEntryBundle,
  entryBundlePath,
  growTiles,
  leafHash,
  noteVerifier,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  tileHashReader,
  tilePath,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/domain/tlog/index.js';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';
import { witnessRequests } from './witness.js';

interface InclusionVector {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

interface ConsistencyVector {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

interface ReferenceTree {
  inputs: string[];
  leafHashes: string[];
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { size1: number; size2: number; proof: string[] }[];
}

interface NoteVectors {
  vectors: { vkey: string; note?: string; file?: string; valid: boolean; entries?: string[] }[];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** "valid", or the code of the refusal. A stray error is no refusal. */
function outcome(work: () => unknown): string {
  try {
    work();
    return 'valid';
  } catch (error) {
    return error instanceof DomainError ? error.code : `crash: ${String(error)}`;
  }
}

function judged(name: string, valid: boolean, got: string): CaseResult {
  const refused = got !== 'valid' && !got.startsWith('crash');
  return { name, ok: valid ? got === 'valid' : refused, expected: valid ? 'valid' : 'a refusal', got };
}

const equal = (name: string, expected: string, got: string): CaseResult => ({
  name,
  ok: expected === got,
  expected,
  got,
});

const proofBytes = (proof: string[] | null): Uint8Array[] => (proof ?? []).map(fromBase64);

function inclusion({ path }: VectorFile): CaseResult[] {
  const vector = readJson<InclusionVector>(path);
  const got = outcome(() =>
    verifyInclusion({
      index: vector.leafIdx,
      size: vector.treeSize,
      leafHash: fromBase64(vector.leafHash),
      proof: proofBytes(vector.proof),
      root: fromBase64(vector.root),
    }),
  );
  return [judged(vector.desc, !vector.wantErr, got)];
}

function consistency({ path }: VectorFile): CaseResult[] {
  const vector = readJson<ConsistencyVector>(path);
  const got = outcome(() =>
    verifyConsistency({
      oldSize: vector.size1,
      oldRoot: fromBase64(vector.root1),
      newSize: vector.size2,
      newRoot: fromBase64(vector.root2),
      proof: proofBytes(vector.proof),
    }),
  );
  return [judged(vector.desc, !vector.wantErr, got)];
}

const hexList = (hashes: readonly Uint8Array[]): string => hashes.map(bytesToHex).join(' ');

function referenceTree({ path }: VectorFile): CaseResult[] {
  const vector = readJson<ReferenceTree>(path);
  const leaves = vector.inputs.map((input) => leafHash(hexToBytes(input)));
  const tiles = new Map(growTiles(0, concatBytes(...leaves), () => undefined).map((t) => [tilePath(t.tile), t.hashes]));
  const read = tileHashReader(leaves.length, (tile) => tiles.get(tilePath(tile)));
  const roots = vector.roots.map((_, size) => treeRoot(leaves.slice(0, size)));
  return [
    equal('leaf hashes', vector.leafHashes.join(' '), hexList(leaves)),
    ...vector.roots.map((root, size) => equal(`root of ${size}`, root, bytesToHex(roots[size]!))),
    ...vector.inclusion.map(({ index, size, proof }) =>
      equal(`inclusion of ${index} in ${size}`, proof.join(' '), hexList(proveInclusion(index, size, read))),
    ),
    ...vector.consistency.map(({ size1, size2, proof }) =>
      equal(`consistency of ${size1} and ${size2}`, proof.join(' '), hexList(proveConsistency(size1, size2, read))),
    ),
  ];
}

function entryRoots({ path }: VectorFile): CaseResult[] {
  const { roots } = readJson<{ roots: Record<string, string> }>(path);
  const frontier = Frontier.empty();
  return Object.entries(roots)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([size, root]) => {
      while (frontier.size < Number(size)) frontier.append(leafHash(utf8ToBytes(`entry-${frontier.size}`)));
      return equal(`root of ${size} entries`, root, bytesToHex(frontier.root()));
    });
}

function signedNotes({ path }: VectorFile): CaseResult[] {
  return readJson<NoteVectors>(path).vectors.flatMap(({ vkey, note, valid, entries }) => {
    if (note !== undefined)
      return [
        judged(
          vkey,
          valid,
          outcome(() => openNote(note, [noteVerifier(vkey)])),
        ),
      ];
    const { name } = parseVerifierKey(vkey);
    return checkpointsOf(join(dirname(path), 'logs'), name).map(({ file, text }) => {
      const { size, root } = parseCheckpoint(parseNote(text).text);
      const leaves = (entries ?? []).slice(0, size).map((entry) => leafHash(utf8ToBytes(entry)));
      return equal(`${name} ${file}`, bytesToHex(root), bytesToHex(treeRoot(leaves)));
    });
  });
}

/** The checkpoints of the log of this origin, in any folder below `logs`. */
function checkpointsOf(logs: string, origin: string): { file: string; text: string }[] {
  if (!existsSync(logs)) return [];
  return readdirSync(logs)
    .flatMap((log) => readdirSync(join(logs, log)).map((file) => join(logs, log, file)))
    .filter((file) => /[\\/]checkpoint(\.[0-9]+)?$/.test(file))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.startsWith(`${origin}\n`));
}

/** A checkpoint of a stored log: its signature, and its root from the entry bundles and from the tiles. */
function logCheckpoint({ path, dir }: VectorFile): CaseResult[] {
  const text = readFileSync(path, 'utf8');
  const { origin, size, root } = parseCheckpoint(parseNote(text).text);
  const verifiers = keysOf(origin, dir).map((vkey) => noteVerifier(vkey));
  const leaves = leavesFromBundles(dirname(path), size);
  const fromFiles: TileReader = (tile) => readIfThere(join(dirname(path), tilePath(tile)));
  return [
    judged(
      'signature',
      true,
      outcome(() => openCheckpoint(text, origin, verifiers)),
    ),
    equal('root from entry bundles', bytesToHex(root), bytesToHex(treeRoot(leaves))),
    ...growTiles(0, concatBytes(...leaves), () => undefined).map(({ tile, hashes }) =>
      equal(tilePath(tile), bytesToHex(fromFiles(tile) ?? new Uint8Array(0)), bytesToHex(hashes)),
    ),
  ];
}

/** The keys of a log, from the signed notes of the same folder of vectors. */
function keysOf(origin: string, dir: string): string[] {
  const path = join(dir, 'tlog', 'signed-notes.json');
  if (!existsSync(path)) return [];
  const keys = readJson<NoteVectors>(path).vectors.map(({ vkey }) => vkey);
  return keys.filter((vkey) => vkey.startsWith(`${origin}+`));
}

const readIfThere = (path: string): Uint8Array | undefined =>
  existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;

function leavesFromBundles(log: string, size: number): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let index = 0; leaves.length < size; index++) {
    const width = Math.min(256, size - leaves.length);
    const bundle = readFileSync(join(log, entryBundlePath({ index, width })));
    leaves.push(...decodeEntryBundle(new Uint8Array(bundle), width).map((entry) => leafHash(entry)));
  }
  return leaves;
}

/** Transparency-log vectors. */
export const tlogKinds: VectorKind[] = [
  { name: 'tlog inclusion', matches: (path) => /^tlog\/inclusion\/.*\.json$/.test(path), run: inclusion },
  { name: 'tlog consistency', matches: (path) => /^tlog\/consistency\/.*\.json$/.test(path), run: consistency },
  { name: 'tlog reference tree', matches: (path) => /^tlog\/rfc6962-[^/]*leaf\.json$/.test(path), run: referenceTree },
  { name: 'tlog entry roots', matches: (path) => path === 'tlog/rfc6962-entry-roots.json', run: entryRoots },
  { name: 'tlog signed notes', matches: (path) => path === 'tlog/signed-notes.json', run: signedNotes },
  {
    name: 'tlog checkpoint',
    matches: (path) => /^tlog\/logs\/[^/]+\/checkpoint(\.[0-9]+)?$/.test(path),
    run: logCheckpoint,
  },
  { name: 'tlog witness', matches: (path) => /^tlog\/witness\/.*\.hurl\.txt$/.test(path), run: witnessRequests },
];
