/** Before all specs: a folder for the database server and the chain that they share, and away with what killed runs left. */
import { mkdtempSync, readdirSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTestHome } from './global-teardown.mjs';

const PREFIX = 'halisi-test-';

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

export default async function setup() {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const home = join(tmpdir(), name);
    try {
      if (!isAlive(Number(readFileSync(join(home, 'run.pid'), 'utf8')))) await removeTestHome(home);
    } catch {
      continue;
    }
  }
  const home = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(home, 'run.pid'), String(process.pid));
  process.env.HALISI_TEST_HOME = home;
}
