import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExportError, ExportTarget } from './export-target.js';

/** A folder that a web server serves as it is. */
export class FolderTarget extends ExportTarget {
  readonly parallel = 8;
  private readonly made = new Map<string, Promise<unknown>>();
  /** Folders that got a name since they were last settled. */
  private readonly changed = new Set<string>();

  /** `place` is the folder's path; it is made where it is missing. */
  constructor(readonly place: string) {
    super();
  }

  async read(path: string): Promise<Uint8Array | null> {
    try {
      return await readFile(join(this.place, path));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw failure(`reading ${path}`, cause);
    }
  }

  /** A new file, on the disk, takes the place of the old one. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.place, path);
    const fresh = `${file}.${randomUUID()}.new`;
    try {
      await this.folder(dirname(file));
      await writeDurably(fresh, bytes);
      await rename(fresh, file);
      this.changed.add(dirname(path));
    } catch (cause) {
      await rm(fresh, { force: true });
      throw failure(`writing ${path}`, cause);
    }
  }

  /** A rename is durable once its folder is, and a new folder once the one that it is in. */
  async settle(): Promise<void> {
    const folders = new Set<string>();
    for (const path of this.changed) {
      for (let folder = path; !folders.has(folder); folder = dirname(folder)) folders.add(folder);
    }
    this.changed.clear();
    try {
      for (const folder of folders) await syncFolder(join(this.place, folder));
    } catch (cause) {
      throw failure('settling', cause);
    }
  }

  private async folder(path: string): Promise<void> {
    let making = this.made.get(path);
    if (making === undefined) this.made.set(path, (making = mkdir(path, { recursive: true })));
    await making.catch((cause: unknown) => {
      this.made.delete(path);
      throw cause;
    });
  }
}

/** Windows opens no folder, and keeps renames in its journal. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

function failure(what: string, cause: unknown): ExportError {
  return new ExportError(
    'EXPORT_STORE_FAILED',
    `The folder failed at ${what}: ${(cause as Error).message}.`,
    {},
    cause,
  );
}
