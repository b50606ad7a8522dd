import { Algorithm, hash, verify } from '@node-rs/argon2';
import { DomainError } from '../domain/errors.js';

export class PasswordRefusedError extends DomainError<'PASSWORD_REFUSED'> {
  override readonly name = 'PasswordRefusedError';
}

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const options = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const LEAST = 12;
const MOST = 200;

/** Hashes a new password. Throws PasswordRefusedError unless it has 12 to 200 characters. */
export async function hashPassword(password: string): Promise<string> {
  const length = [...password].length;
  if (length < LEAST || length > MOST) {
    throw new PasswordRefusedError(
      'PASSWORD_REFUSED',
      `A password has ${LEAST} to ${MOST} characters; this one has ${length}.`,
      { least: LEAST, most: MOST, length },
    );
  }
  return hash(password.normalize('NFC'), options);
}

/**
 * True when `password` is the one that was hashed. Without a hash it is false, and takes as long: whether an account
 * exists must not show in the time of the answer.
 */
export async function isPassword(hashed: string | undefined, password: string): Promise<boolean> {
  const candidate = password.slice(0, 4 * MOST).normalize('NFC');
  const matches = await verify(hashed ?? (await unknownAccount()), candidate);
  return hashed !== undefined && matches;
}

let dummy: Promise<string> | undefined;

function unknownAccount(): Promise<string> {
  dummy ??= hash('nobody has this password', options);
  return dummy;
}
