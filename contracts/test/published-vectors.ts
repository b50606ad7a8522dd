import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '../../src/domain/bytes.js';

const VECTORS = process.env['HALISI_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors');

/** A published case as a call of a view of the contract, and what it must answer. */
export interface PublishedCase {
  readonly name: string;
  readonly method: 'provesInclusion' | 'provesConsistency';
  readonly args: readonly unknown[];
  readonly answer: boolean;
}

/** Whether the folder with the vectors is there at all. */
export const haveVectors = existsSync(join(VECTORS, 'tlog/consistency'));

/** Published cases whose hashes have 32 bytes; others cannot be said in the contract's types. */
export function publishedCases(kind: 'inclusion' | 'consistency'): PublishedCase[] {
  const folder = join(VECTORS, 'tlog', kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => readVector(join(folder, file)))
    .filter(({ hashes, proof }) => [...Object.values(hashes), ...proof].every(({ length }) => length === 32))
    .map((vector) => (kind === 'inclusion' ? inclusionCase(vector) : consistencyCase(vector)));
}

interface Vector {
  readonly name: string;
  readonly numbers: Record<string, bigint>;
  readonly hashes: Record<string, Uint8Array>;
  readonly proof: Uint8Array[];
  readonly wantErr: boolean;
}

const inclusionCase = ({ name, numbers, hashes, proof, wantErr }: Vector): PublishedCase => ({
  name,
  method: 'provesInclusion',
  args: [hashes['root'], numbers['treeSize'], numbers['leafIdx'], hashes['leafHash'], proof],
  answer: !wantErr,
});

const consistencyCase = ({ name, numbers, hashes, proof, wantErr }: Vector): PublishedCase => ({
  name,
  method: 'provesConsistency',
  args: [numbers['size1'], hashes['root1'], numbers['size2'], hashes['root2'], proof],
  answer: !wantErr,
});

function readVector(path: string): Vector {
  // Integers become text first: an index of 2^64-1 does not fit a JavaScript number.
  const text = readFileSync(path, 'utf8').replace(/: ([0-9]+)/g, ': "int $1"');
  const { proof, wantErr, desc, ...rest } = JSON.parse(text) as Record<string, string> & {
    proof: string[] | null;
    wantErr: boolean;
  };
  const fields = Object.entries(rest as Record<string, string>);
  const pick = <T>(integer: boolean, to: (text: string) => T): Record<string, T> =>
    Object.fromEntries(fields.filter(([, v]) => v.startsWith('int ') === integer).map(([k, v]) => [k, to(v)]));
  return {
    name: `${path.slice(VECTORS.length)}: ${desc}`,
    numbers: pick(true, (value) => BigInt(value.slice(4))),
    hashes: pick(false, fromBase64),
    proof: (proof ?? []).map(fromBase64),
    wantErr,
  };
}
