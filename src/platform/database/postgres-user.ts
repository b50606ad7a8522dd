import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Launch } from '../embedded/process.js';

export type Command = Pick<Launch, 'command' | 'args' | 'uid' | 'gid'>;

/** Who PostgreSQL runs as. It refuses to run as root, so root's server runs it as another user of the system. */
export interface PostgresUser {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** The command that runs `command` as that user. */
  wrap(command: string, args: readonly string[]): Command;
}

/**
 * Ourselves, or, for root: `postgres` where the system has it, else `nobody`.
 * Where that user cannot reach a path (a home below /root), it keeps the right to pass (CAP_DAC_OVERRIDE) by setpriv.
 */
export async function postgresUser(paths: readonly string[]): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) {
    return { uid: undefined, gid: undefined, wrap: (command, args) => ({ command, args }) };
  }
  const ids = idsOf('postgres') ?? idsOf('nobody');
  if (ids === undefined)
    throw new Error('PostgreSQL does not run as root, and the system has no user postgres or nobody.');
  if (paths.every((path) => anyoneMayPass(path))) {
    return { ...ids, wrap: (command, args) => ({ command, args, ...ids }) };
  }
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const prefix = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups', ...rights];
  return { ...ids, wrap: (command, args) => ({ command: 'setpriv', args: [...prefix, command, ...args] }) };
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } | undefined {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function anyoneMayPass(path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found !== undefined && (found.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
