/**
 * Generates the Prisma client into src/generated/prisma, without a network. Skipped when nothing that it reads has changed.
 * Prisma would download a schema engine that `generate` never runs; naming any existing file keeps it from that.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const output = join(root, 'src/generated/prisma');
const stampFile = join(output, '.inputs');

const prismaPackage = require.resolve('prisma/package.json');
const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'scripts/generate.mjs'].map((file) => join(root, file));
const hash = createHash('sha256').update(JSON.parse(readFileSync(prismaPackage, 'utf8')).version);
for (const file of inputs) hash.update(readFileSync(file));
const stamp = hash.digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const cli = join(dirname(prismaPackage), 'build/index.js');
  const run = spawnSync(process.execPath, [cli, 'generate'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (run.status !== 0) {
    process.stderr.write(`${run.stdout}\n${run.stderr}\n`);
    throw new Error('prisma generate failed; its output is above.');
  }
  writeFileSync(stampFile, stamp);
}
