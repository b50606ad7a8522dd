import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../../../../src/domain/errors.js';
import { UsageError } from '../command.js';
import { type MonitorState, formatState, parseState } from './state.js';

/** The state in a file; undefined where there is none. A file that is something else is refused (UsageError). */
export async function loadState(path: string): Promise<MonitorState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`The state file ${path} cannot be read (${(error as Error).message}).`);
  }
  try {
    return parseState(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new UsageError(
      `${path} is not a monitor's state that can be read, or it is damaged. ${error.message} It holds what the log ` +
        'showed before, so it is not replaced: bring back a copy, or name another file and trust the log anew.',
    );
  }
}

export const saveState = (path: string, state: MonitorState): Promise<void> => writeWhole(path, formatState(state));

/** Writes a file so that after a crash the old one or the new one is there, whole. Throws UsageError. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(`${path} cannot be written (${(error as Error).message}).`);
  }
  await syncFolder(dirname(path));
}

/** Removes what monitors that were killed while they wrote left behind. The lock of the state file must be held. */
export async function clearTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const stem = basename(path).replace(/\.json$/, '');
  const names = await readdir(folder);
  const left = names.filter((name) => name.startsWith(stem) && /\.json\.\d+\.[0-9a-f]{8}\.tmp$/.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** The rename is durable once its folder is. Not every system lets a folder be opened. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The file itself is whole either way.
  }
}
