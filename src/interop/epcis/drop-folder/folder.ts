import { constants } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, readdir, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that lies in the folder of an organisation. */
export interface DroppedFile {
  readonly gln: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * The folder that documents are dropped into: `in/GLN/name`, moved to `done/GLN/name` or `failed/GLN/name` with a report
 * beside. Only plain files in plain folders count: no link is followed, and no name is taken from anywhere but a listing.
 */
export class Folder {
  constructor(private readonly root: string) {}

  async prepare(): Promise<void> {
    for (const name of ['in', 'done', 'failed']) await mkdir(join(this.root, name), { recursive: true });
  }

  /** Files whose writers may be done, in the order of their names. Hidden ones and those called .part or .tmp are not. */
  async files(): Promise<DroppedFile[]> {
    const found: DroppedFile[] = [];
    const inbox = await realpath(join(this.root, 'in'));
    for (const entry of await readdir(inbox, { withFileTypes: true })) {
      if (!entry.isDirectory() || !/^\d{13}$/.test(entry.name)) continue;
      found.push(...(await filesIn(entry.name, join(inbox, entry.name))));
    }
    return found;
  }

  /** Opens a file for reading; undefined where it is not the plain file any more that was listed. */
  async open({ path, size }: DroppedFile): Promise<FileHandle | undefined> {
    if ((await realpath(path)) !== path) return undefined;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const now = await handle.stat();
    if (now.isFile() && now.size === size) return handle;
    await handle.close();
    return undefined;
  }

  /** Moves a file away, with a report beside it. A name that is taken there gets a number. */
  async settle({ gln, name, path }: DroppedFile, place: 'done' | 'failed', report: unknown): Promise<void> {
    const folder = join(this.root, place, gln);
    await mkdir(folder, { recursive: true });
    const free = await freeName(folder, name);
    await writeFile(join(folder, `${free}.report.json`), `${JSON.stringify(report, null, 2)}\n`, { flag: 'w' });
    await rename(path, join(folder, free));
  }
}

async function filesIn(gln: string, folder: string): Promise<DroppedFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const files: DroppedFile[] = [];
  for (const name of names.filter((each) => !/^\.|\.(part|tmp)$/i.test(each)).sort()) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile() === true) files.push({ gln, name, path, size: found.size, modifiedMs: found.mtimeMs });
  }
  return files;
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${number}-${name}`;
    const taken = await access(join(folder, candidate)).then(
      () => true,
      () => false,
    );
    if (!taken) return candidate;
  }
}
