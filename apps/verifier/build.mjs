// Compiles the command and the part of src/domain that it uses to dist/, so that the package stands alone.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../..');
const dist = join(here, 'dist');
const entry = join(dist, 'halisi-verify.js');
const USED = ['bytes.ts', 'errors.ts', 'hash', 'json', 'receipt', 'tlog'].map((name) =>
  join(repository, 'src/domain', name),
);

/** True inside the repository, where there is something to compile. */
export const hasSources = existsSync(join(repository, 'src/domain/receipt')) && existsSync(join(here, 'src'));

/** Builds unless dist/ is there and newer than every source. */
export async function buildIfStale() {
  const sources = await findSources();
  const built = existsSync(entry) ? (await stat(entry)).mtimeMs : 0;
  const times = await Promise.all(sources.map(async (source) => (await stat(source)).mtimeMs));
  if (Math.max(...times) > built) await build(sources);
}

async function findSources() {
  const found = await Promise.all([...USED, join(here, 'src')].map(filesIn));
  return found.flat().filter((path) => path.endsWith('.ts') && !/\.(spec|fixture|d)\.ts$/.test(path));
}

async function filesIn(path) {
  if (path.endsWith('.ts')) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

async function build(sources) {
  const { transformFile } = await import('@swc/core');
  await rm(dist, { recursive: true, force: true });
  for (const source of sources) {
    const target = join(dist, relative(repository, source)).replace(/\.ts$/, '.js');
    const { code } = await transformFile(source, {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  await writeFile(entry, "import './apps/verifier/src/main.js';\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(await findSources());
