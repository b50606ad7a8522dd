import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** Whether a process runs. A zombie does not: nobody may be there to reap an orphan, as in a container. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return processStat(pid)?.state !== 'Z';
}

/** State letter and start time (clock ticks since boot) of a process; undefined where there is no /proc. */
export function processStat(pid: number): { readonly state: string; readonly started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** Whether the command line of a process names `text`; true where there is no /proc to ask. */
export function commandNames(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT' || process.platform !== 'linux';
  }
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly cwd?: string;
}

/**
 * Starts a process in its own group (a Ctrl-C at the terminal reaches the server alone, which then stops it in order)
 * that writes to a file, so that it outlives a killed server without a broken pipe.
 */
export function launchDetached(launch: Launch): number {
  mkdirSync(dirname(launch.logFile), { recursive: true });
  const log = openSync(launch.logFile, 'a', 0o600);
  try {
    const child = spawn(launch.command, launch.args, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: launch.cwd,
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', HOME: process.env['HOME'] ?? '/' },
      ...(launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.gid }),
    });
    child.on('error', () => undefined);
    child.unref();
    if (child.pid === undefined) throw new Error(`${launch.command} could not be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** Runs a process to its end; a failure throws with what it printed. */
export function run(command: string, args: readonly string[], ids: { uid?: number; gid?: number } = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...ids,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${output.trim()}`));
    });
  });
}

/** Waits until a process is gone; false when it is still there after `ms`. */
export async function gone(pid: number, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** A TCP port of 127.0.0.1 that is free now: `wanted` where it is, another where not. */
export async function freePort(wanted = 0): Promise<number> {
  const take = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const taken = (server.address() as { port: number }).port;
        server.close(() => resolve(taken));
      });
    });
  return take(wanted).catch(() => take(0));
}
