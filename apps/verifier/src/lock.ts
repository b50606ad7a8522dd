import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { UsageError } from './command.js';
import { printable } from './printable.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system counts; null where that is unknown. */
  readonly started: string | null;
}

/**
 * Takes the lock `PATH.lock` of a state, and answers how to give it back. A lock whose process is gone is taken over; one
 * of another machine is never. Throws UsageError where somebody holds it, or where it cannot be made.
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const mine = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const me: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  await write(mine, JSON.stringify(me));
  try {
    // A link comes into being with its content, so nobody ever reads half a lock.
    while (!(await linked(mine, lock))) await clearStale(lock, mine);
    return () => rm(lock, { force: true });
  } finally {
    await rm(mine, { force: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw unwritable(error);
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(error);
  }
}

const unwritable = (error: unknown): UsageError =>
  new UsageError(`The lock of the state cannot be written (${(error as Error).message}).`);

async function clearStale(lock: string, mine: string): Promise<void> {
  const text = await textOf(lock);
  if (text === undefined) return;
  if (!isGone(text)) {
    throw new UsageError(
      `Another process uses this state (${lock}: ${printable(text.slice(0, 200))}). Name another --state; if that process is gone, remove the lock.`,
    );
  }
  const aside = `${mine}.stale`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Between reading and moving, another process may have taken the lock: it gets it back.
  if ((await textOf(aside)) !== text) await linked(aside, lock);
  await rm(aside, { force: true });
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isGone(text: string): boolean {
  let holder: Partial<Holder>;
  try {
    holder = JSON.parse(text) as Partial<Holder>;
  } catch {
    return false;
  }
  if (holder.host !== hostname() || typeof holder.pid !== 'number') return false;
  if (!isAlive(holder.pid)) return true;
  // The number may have been given to another process since.
  return holder.started !== startOf(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat: clock ticks since the machine started; null on systems without it. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
