import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Path of a source file from the root of the repository, to its text. */
export type SourceFiles = ReadonlyMap<string, string>;

/**
 * The house of design.md part 2: a folder of src to its floor. `access` is the landing of the second floor: who acts, and
 * who may see what, is asked by every door, those of partners and transparency too. `trace` stands half a floor above
 * `capture`: it reads what that wrote, under the keys that it wrote it (docs/decisions/0007-floors.md).
 */
export const FLOORS: Readonly<Record<string, number>> = {
  domain: 0,
  platform: 1,
  access: 2,
  partners: 2.5,
  transparency: 2.5,
  capture: 3,
  trace: 3.5,
  steps: 4,
  cases: 4,
  verification: 4,
  labels: 4,
  interop: 5,
};

const APP_FLOOR = 6;
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
const TYPE_ONLY = /(?:^|\n)\s*(?:import|export)\s+type\s[^'"`;]*?from\s*['"]([^'"]+)['"]/g;

/** Reads every TypeScript file below the folders; what is generated is left out. */
export function readSources(root: string, folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name));
      if (!entry.isFile() || !/\.tsx?$/.test(path) || /(^|\/)(generated|node_modules)\//.test(path)) continue;
      files.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return files;
}

/** What a file imports: relative ones as paths from the root, packages by their name. */
export function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, bare, dynamic]) => {
    const name = from ?? bare ?? dynamic ?? '';
    return name.startsWith('.') ? join(dirname(path), name).replace(/\.js$/, '.ts') : name;
  });
}

/** Every import that goes up a floor, across a wall of one floor in both directions, or out of the domain. */
export function upwardImports(files: SourceFiles): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    const from = placeOf(path);
    if (from === undefined) continue;
    for (const target of importsOf(path, text)) {
      const wrong = from.floor === 0 ? leavesDomain(path, target) : goesUp(from, placeOf(target));
      if (wrong) found.push(`${path} imports ${target}`);
    }
  }
  return found;
}

interface Place {
  readonly room: string;
  readonly floor: number;
}

function placeOf(path: string): Place | undefined {
  const [top, room] = path.split('/');
  if (top === 'apps') return { room: `apps/${room}`, floor: APP_FLOOR };
  if (top !== 'src' || room === undefined) return undefined;
  const floor = FLOORS[room];
  if (floor !== undefined) return { room, floor };
  return path.split('/').length > 2 ? { room, floor: Number.NaN } : { room: 'main', floor: APP_FLOOR };
}

/** A unit spec may use node and test packages; the domain itself only @noble and its own. */
function leavesDomain(path: string, target: string): boolean {
  if (target.startsWith('src/')) return !target.startsWith('src/domain/');
  const isTest = /\.(spec|fixture)\.ts$/.test(path);
  return !target.startsWith('@noble/') && !isTest;
}

function goesUp(from: Place, to: Place | undefined): boolean {
  if (to === undefined || to.room === from.room || to.room === 'generated') return false;
  if (from.room.startsWith('apps/')) return to.floor !== 0;
  // A folder that the house does not know has no floor, and nothing may import it.
  return !(to.floor < from.floor);
}

/** Each import cycle of the files, as the files in their order; imports of types alone do not count. */
export function importCycles(files: SourceFiles): string[][] {
  const graph = new Map([...files].map(([path, text]) => [path, runtimeImports(path, text, files)]));
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') return void cycles.push([...trail.slice(trail.indexOf(path)), path]);
    state.set(path, 'open');
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

function runtimeImports(path: string, text: string, files: SourceFiles): string[] {
  return importsOf(path, text.replace(TYPE_ONLY, '\n')).filter((target) => files.has(target));
}
