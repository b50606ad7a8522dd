import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command.js';

/** A file that was named, or that is in a folder that was named. */
export interface Found {
  readonly path: string;
  /** Whoever names a file says that it is a receipt; in a folder other things may lie about. */
  readonly named: boolean;
}

/** The files that are meant, those of a folder in the order of their names. Throws UsageError for what is not there. */
export async function filesAt(paths: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) found.push({ path, named: true });
    else found.push(...(await filesIn(path)));
  }
  return found;
}

/** The whole content. Throws UsageError. */
export async function load(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function filesIn(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return files
    .map(({ parentPath, name }) => ({ path: join(parentPath, name), named: false }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

const unreadable = (path: string, error: unknown): UsageError =>
  new UsageError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
