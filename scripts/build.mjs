/**
 * Compiles the TypeScript that runs in production and on the command line into dist/, folder for folder.
 * A file is compiled again only when it is newer than what it made; what has no source any more is removed.
 */
import { transform } from '@swc/core';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const folders = ['src', 'test', 'scripts', 'apps/verifier', 'contracts', 'prisma/demo'];
const skipped = new Set(['node_modules', 'dist']);
const copied = /\.(json|sol|mjs|js)$/;
const settings = ['.swcrc', 'scripts/build.mjs'];

async function* walk(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}

const modified = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
const settingsTime = Math.max(...(await Promise.all(settings.map((file) => modified(join(root, file))))));
const expected = new Set();
const work = [];

for (const folder of folders) {
  for await (const source of walk(join(root, folder))) {
    const isCode = source.endsWith('.ts') && !source.endsWith('.d.ts');
    if (!isCode && !copied.test(source)) continue;
    const target = join(dist, relative(root, source)).replace(/\.ts$/, isCode ? '.js' : '.ts');
    expected.add(target);
    if (isCode) expected.add(`${target}.map`);
    work.push({ source, target, isCode });
  }
}

async function make({ source, target, isCode }) {
  const made = await modified(target);
  if (made > settingsTime && made > (await modified(source))) return;
  await mkdir(dirname(target), { recursive: true });
  if (!isCode) return copyFile(source, target);
  const { code, map } = await transform(await readFile(source, 'utf8'), {
    filename: source,
    sourceFileName: relative(dirname(target), source),
    configFile: join(root, '.swcrc'),
  });
  await writeFile(`${target}.map`, map ?? '{}');
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
}

await Promise.all(work.map(make));
for await (const file of walk(dist)) if (!expected.has(file)) await rm(file);
