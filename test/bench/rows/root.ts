import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createHash, randomBytes } from 'node:crypto';
import { percentile, timed } from '../figures.js';
import { sha256Lanes } from '../../../src/domain/hash/sha256-lanes.js';
import type { Row } from '../row.js';

const LEAVES = 1_000_000;

/** The root over a million leaf hashes, in one thread. A parent is SHA-256 of 65 bytes: two blocks, as 64 bytes are. */
export const root: Row = async (bench) => {
  const leaves = randomBytes(LEAVES * 32);
  const lanes = sha256Lanes();
  lanes.treeRoot(leaves);
  const took = await timed(9, () => lanes.treeRoot(leaves));
  const p50 = percentile(took, 0.5);
  const { what, perSecond } = ceiling();
  for (const name of ['merkletreejs', '@openzeppelin/merkle-tree']) {
    const rival = rivalMs(name);
    bench.note(`${name} takes ${rival.toFixed(0)} ms for the same number of leaves: ${(rival / p50).toFixed(0)} times`);
  }
  return [
    {
      row: 'root',
      work: `root of 1,000,000 leaves, one thread (${lanes.kind})`,
      value: p50,
      unit: 'ms',
      p50,
      p99: percentile(took, 0.99),
      ceiling: { what: `${what}, 64 bytes, one thread`, value: (LEAVES / perSecond) * 1000 },
      bars: [{ what: 'ms', bar: 250, got: p50, sense: 'at most' }],
    },
  ];
};

/** One run in a process of its own: one of them needs several gigabytes. */
function rivalMs(name: string): number {
  const script = fileURLToPath(new URL('../rival-root.js', import.meta.url));
  const run = spawnSync(process.execPath, ['--max-old-space-size=12288', script, name, String(LEAVES)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(run.stdout);
}

function ceiling(): { what: string; perSecond: number } {
  const { stdout } = spawnSync('openssl', ['speed', '-seconds', '2', '-bytes', '64', 'sha256'], { encoding: 'utf8' });
  const [, thousands] = /^sha256\s+([\d.]+)k/m.exec(stdout ?? '') ?? [];
  if (thousands !== undefined) return { what: 'openssl speed sha256', perSecond: (Number(thousands) * 1000) / 64 };
  const message = randomBytes(64);
  const start = performance.now();
  for (let i = 0; i < 300_000; i++) createHash('sha256').update(message).digest();
  return { what: 'node crypto', perSecond: 300_000_000 / (performance.now() - start) };
}
