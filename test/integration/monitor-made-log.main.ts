// Makes a log of generated entries in a folder, with its trust file, and serves it: what docs/operations/monitor.md measures.
// node dist/test/integration/monitor-made-log.main.js FOLDER ENTRIES [PORT]
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join, normalize } from 'node:path';
import {
  ed25519Signer,
  encodeEntryBundle,
  entryBundlePath,
  formatVerifierKey,
  Frontier,
  growTiles,
  signCheckpoint,
  type Tile,
  tilePath,
} from '../../src/domain/tlog/index.js';
import { fastTreeHasher, leafHashesOf } from '../../src/transparency/log/hashing.js';
import { entryOf, ORIGIN } from './monitor-fixture.js';

const ENTRY_SIZE = 33;
const STEP = 65_536;

const [folder = '', count = '0', port] = process.argv.slice(2);
await make(folder, Number(count));
if (port !== undefined) serve(folder, Number(port));

async function make(root: string, size: number): Promise<void> {
  const signer = ed25519Signer(ORIGIN, new Uint8Array(32).fill(9));
  const trust = { logs: [{ origin: ORIGIN, keys: [formatVerifierKey(signer.key)] }] };
  const frontier = Frontier.empty(fastTreeHasher);
  const edge = new Map<string, Uint8Array>();
  for (let from = 0; from < size; from += STEP) {
    const entries = Array.from({ length: Math.min(STEP, size - from) }, (_, i) => entryOf(from + i, 'made'));
    const leaves = leafHashesOf(Buffer.concat(entries));
    frontier.appendPacked(leaves);
    const grown = growTiles(from, leaves, (tile) => edge.get(tilePath(tile)), fastTreeHasher);
    edge.clear();
    for (const { tile, hashes } of grown) {
      if (tile.width < 256) edge.set(tilePath(tile), hashes);
      // Partial tiles are there for sizes that have a checkpoint: the last.
      if (tile.width === 256 || isEdge(tile, size)) await write(join(root, tilePath(tile)), hashes);
      if (tile.level !== 0) continue;
      const first = tile.index * 256 - from;
      await write(join(root, entryBundlePath(tile)), encodeEntryBundle(entries.slice(first, first + tile.width)));
    }
  }
  await write(join(root, 'trust.json'), Buffer.from(JSON.stringify(trust)));
  const checkpoint = signCheckpoint({ origin: ORIGIN, size, root: frontier.root() }, [signer]);
  await write(join(root, 'checkpoint'), Buffer.from(checkpoint));
  process.stdout.write(`${size} entries of ${ENTRY_SIZE} bytes in ${root}\n`);
}

function isEdge({ level, index, width }: Tile, size: number): boolean {
  return Math.floor(size / 256 ** level) === index * 256 + width;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

function serve(root: string, at: number): void {
  const server = createServer((request, response) => {
    const path = join(root, normalize(`/${request.url ?? ''}`));
    if (!existsSync(path)) return void response.writeHead(404).end();
    createReadStream(path).pipe(response);
  });
  server.listen(at, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${at}\n`));
}
