import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goTool } from '../support/go-tool.js';

const TESSERA = 'v1.0.4';
/** Its exit code is 0 whatever it found. */
const GOOD = /Successfully fsck'd log with size (\d+)/;

/** Another implementation of c2sp.org/tlog-tiles: it reads a whole log over HTTP and computes every hash again. */
export const fsckProgram = (): Promise<string | null> =>
  goTool('github.com/transparency-dev/tessera/cmd/fsck', TESSERA);

export interface Fsck {
  /** Entries of the checkpoint, all of which were checked; null where something was wrong. */
  readonly size: number | null;
  readonly output: string;
}

/** Runs it on the log below `url`, of which it knows the key and the origin. */
export async function fsck(
  program: string,
  url: string,
  { origin, vkey }: { readonly origin: string; readonly vkey: string },
): Promise<Fsck> {
  const folder = await mkdtemp(join(tmpdir(), 'halisi-fsck-'));
  try {
    const key = join(folder, 'log.vkey');
    await writeFile(key, `${vkey}\n`);
    const args = ['--storage_url', url, '--public_key', key, '--origin', origin, '--N', '8', '--ui=false'];
    const output = await new Promise<string>((resolve) => {
      execFile(program, args, { timeout: 50_000, maxBuffer: 1 << 26 }, (_error, stdout, stderr) =>
        resolve(`${stdout}${stderr}`),
      );
    });
    const [, size] = GOOD.exec(output) ?? [];
    return { size: size === undefined || output.includes('fsck failed') ? null : Number(size), output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
