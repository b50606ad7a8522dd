// Bundles the check as one HTML file that needs no network: dist/verify.html. Its Content-Security-Policy names the
// hashes of its own script and style and allows nothing else but asking a node whose address somebody types.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '../../..');
export const page = join(here, '../dist/verify.html');
const READ = [here, join(here, '../src'), join(repository, 'src/domain')];

/** Where a server puts the log's identity and a receipt: a saved page carries them. */
const DATA = ['halisi-trust', 'halisi-evidence'];

const sourceHash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policyOf = (script, style) =>
  [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    'img-src data:',
    'connect-src http: https:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

async function bundled(entry) {
  const { build } = await import('esbuild');
  const options = { bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'none' };
  const { outputFiles } = await build({ ...options, entryPoints: [entry], format: 'iife', target: 'es2022' });
  return outputFiles[0].text.trim();
}

/** Builds the page unless it is newer than everything that it is made of. */
export async function buildPageIfStale() {
  const times = await Promise.all(READ.map(newestIn));
  const built = existsSync(page) ? (await stat(page)).mtimeMs : 0;
  if (Math.max(...times) > built) await buildPage();
}

async function newestIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.(spec|fixture)\.ts$/.test(entry.name));
  const times = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).mtimeMs));
  return Math.max(...times);
}

export async function buildPage() {
  const [template, script, style] = await Promise.all([
    readFile(join(here, 'index.html'), 'utf8'),
    bundled(join(here, 'main.ts')),
    bundled(join(here, 'style.css')),
  ]);
  const parts = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}" />`,
    style: `<style>${style}</style>`,
    data: DATA.map((id) => `<script type="application/json" id="${id}">null</script>`).join('\n    '),
    script: `<script>${script}</script>`,
  };
  const html = template.replace(/<!-- (policy|style|data|script) -->/g, (_, name) => parts[name]);
  await mkdir(dirname(page), { recursive: true });
  const draft = `${page}.${process.pid}`;
  await writeFile(draft, html);
  await rename(draft, page);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPageIfStale();
