// Compiles the command and what it uses of src/domain to dist/, so that the package stands alone.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPageIfStale, page } from './page/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../..');
const dist = join(here, 'dist');
const entry = join(dist, 'halisi-verify.js');
const main = join(here, 'src/main.ts');
const IMPORT =
  /^(?:import|export)\b(?! type)[^'"`;]*?from '(\.[^']+)\.js'|^import '(\.[^']+)\.js'|\bimport\('(\.[^']+)\.js'\)/gm;

/** True inside the repository, where there is something to compile. */
export const hasSources = existsSync(join(repository, 'src/domain/receipt')) && existsSync(join(here, 'src'));

/** Builds unless dist/ is there and newer than every source. */
export async function buildIfStale() {
  const sources = await findSources();
  const built = existsSync(entry) ? (await stat(entry)).mtimeMs : 0;
  const times = await Promise.all(sources.map(async (source) => (await stat(source)).mtimeMs));
  if (Math.max(...times) > built) await build(sources);
}

/** Every file that the command needs: `main.ts` and what is imported from there on. */
async function findSources() {
  const found = new Set([main]);
  for (const source of found) {
    const text = await readFile(source, 'utf8');
    for (const [, from, bare, late] of text.matchAll(IMPORT))
      found.add(join(dirname(source), `${from ?? bare ?? late}.ts`));
  }
  return [...found];
}

async function filesIn(path) {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
}

/** File by file, each at once: a command that runs meanwhile finds every module whole. */
async function build(sources) {
  const { transformFile } = await import('@swc/core');
  const made = new Set([entry, page]);
  for (const source of sources) {
    const target = join(dist, relative(repository, source)).replace(/\.ts$/, '.js');
    const { code } = await transformFile(source, {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await put(target, code);
    made.add(target);
  }
  await put(entry, "import './apps/verifier/src/main.js';\n");
  const old = (await filesIn(dist)).filter((path) => !made.has(path) && !/\.\d+$/.test(path));
  await Promise.all(old.map((path) => rm(path, { force: true })));
}

async function put(path, content) {
  const draft = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, content);
  await rename(draft, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build(await findSources());
  await buildPageIfStale();
}
