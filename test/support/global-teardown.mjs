/** After all specs: ends the shared database server and chain by their process ids, and removes their folder. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

function pidIn(file) {
  try {
    return Number(readFileSync(file, 'utf8').split('\n', 1)[0]) || undefined;
  } catch {
    return undefined;
  }
}

function runsIn(pid, home) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home);
  } catch {
    return process.platform !== 'linux';
  }
}

async function end(pid, home) {
  if (pid === undefined || !runsIn(pid, home)) return;
  try {
    process.kill(pid, 'SIGINT');
    for (let round = 0; round < 200; round++) {
      process.kill(pid, 0);
      if (!runsIn(pid, home)) return;
      await delay(50);
    }
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
}

export async function removeTestHome(home) {
  await end(pidIn(join(home, 'postgres/data/postmaster.pid')), home);
  await end(pidIn(join(home, 'chain/pid')), home);
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export default async function teardown() {
  const home = process.env.HALISI_TEST_HOME;
  if (home !== undefined) await removeTestHome(home);
}
