import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads `keys/<name>` under the home, and makes it with `create` where it is not there. Only the owner may read it (0600).
 * Two processes that ask at once get the same answer.
 */
export function keptSecret(home: string, name: string, create: () => string): string {
  const folder = join(home, 'keys');
  const path = join(folder, name);
  const found = read(path);
  if (found !== undefined) return found;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, create(), { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(path, 'utf8');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A new password of 24 random bytes, in characters that any connection string takes. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
