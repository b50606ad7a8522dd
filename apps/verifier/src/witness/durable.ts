import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const DRAFT = '.tmp';

/** The code of an error of the operating system, such as ENOENT; undefined for any other error. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;

/** The text of a file; undefined where there is none. Bytes that are not UTF-8 are refused (TypeError). */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a folder that only its owner can read, and does not touch one that is there. */
export const makeFolder = async (path: string): Promise<void> =>
  void (await mkdir(path, { recursive: true, mode: 0o700 }));

/** Puts a file in the place of another: after it returns, no crash brings the old one back. */
export const replaceFile = (path: string, text: string): Promise<void> => put(path, text, rename);

/** Makes a file, durably; false where there is one already, which stays as it is. */
export async function makeFile(path: string, text: string): Promise<boolean> {
  try {
    await put(path, text, link);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function put(path: string, text: string, into: (from: string, to: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}${DRAFT}`;
  try {
    await withFile(await open(draft, 'wx', 0o600), async (file) => {
      await file.writeFile(text);
      await file.sync();
    });
    await into(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Removes what a process that was killed had begun to write. */
export async function removeDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => name.endsWith(DRAFT));
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })));
}

/** A rename is durable once its folder is. Windows opens no folder, and keeps renames in its journal. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await withFile(await open(path, 'r'), (folder) => folder.sync());
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
