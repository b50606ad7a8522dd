import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = resolve('node_modules/.cache/go');
/** Building geth takes minutes where nothing is cached. */
const BUILD_MS = 900_000;

/**
 * The path of a Go command, built once and kept in node_modules/.cache/go: `goTool('github.com/x/y/cmd/z', 'v1.2.3')`.
 * Null, with the reason on stderr, where this machine has no `go` or cannot fetch the module: a test skips then.
 */
export async function goTool(name: string, version: string): Promise<string | null> {
  const program = basename(name);
  const place = join(CACHE, 'bin', `${name.replaceAll('/', '_')}@${version}`);
  const kept = join(place, program);
  if (existsSync(kept)) return kept;
  try {
    return await build(`${name}@${version}`, program, kept);
  } catch (error) {
    process.stderr.write(`No ${name}@${version}: ${reasonOf(error)}\n`);
    return null;
  }
}

/** Builds into a folder of its own and moves the program, so that two who build at once do not meet. */
async function build(target: string, program: string, kept: string): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'build-'));
  try {
    const env = {
      ...process.env,
      GOPATH: join(CACHE, 'path'),
      GOBIN: folder,
      GOFLAGS: '-modcacherw',
      CGO_ENABLED: '0',
    };
    await run('go', ['install', target], { env, timeout: BUILD_MS, maxBuffer: 1 << 24 });
    await mkdir(dirname(kept), { recursive: true });
    await rename(join(folder, program), kept);
    return kept;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no go on this machine.';
  return error.message.trim();
}
