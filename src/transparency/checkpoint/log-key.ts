import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { hexToBytes } from '../../domain/bytes.js';
import {
  COSIGNATURE_ML_DSA_44,
  ED25519_TYPE,
  ed25519Signer,
  formatVerifierKey,
  mlDsaCosigner,
  type NoteSigner,
} from '../../domain/tlog/index.js';
import type { ConfigValues } from '../../platform/config/config.js';
import type { Queryable } from '../../platform/database/database.js';
import { keptSecret } from '../../platform/embedded/secrets.js';

/** Signs the log's checkpoints; `vkey` is what a verifier needs (c2sp.org/signed-note). */
export interface LogSigner extends NoteSigner {
  /** Signature type of the key. */
  readonly type: number;
  readonly vkey: string;
}

/** The key at hand is not the one that signed the log before: who goes on with it makes a fork of trust. */
export class LogKeyChangedError extends Error {
  override readonly name = 'LogKeyChangedError';
}

/** RFC 8410: the DER of an Ed25519 private key before its 32-byte seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signer from a 32-byte Ed25519 seed. The key's name is the log's origin, as c2sp.org/tlog-checkpoint advises. */
export function localLogSigner(origin: string, seed: Uint8Array): LogSigner {
  const { name, keyId, key } = ed25519Signer(origin, seed);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  return {
    ...{ name, keyId, type: ED25519_TYPE },
    vkey: formatVerifierKey(key),
    sign: (message) => sign(null, message, privateKey),
  };
}

/** A signer that outlasts quantum computers: the log cosigns its own checkpoints with ML-DSA-44 (c2sp.org/tlog-cosignature). */
export function mlDsaLogSigner(origin: string, seed: Uint8Array): LogSigner {
  const { name, keyId, key, sign: signNote } = mlDsaCosigner(origin, seed, () => Math.floor(Date.now() / 1000));
  return { name, keyId, type: COSIGNATURE_ML_DSA_44, vkey: formatVerifierKey(key), sign: signNote };
}

/**
 * The log's signers, Ed25519 first; none in a process that only serves. Their keys are written down for those.
 * Throws LogKeyChangedError where another key signed this log before.
 */
export async function openLogSigners(
  config: ConfigValues,
  sql: Queryable,
  log: number,
  origin: string,
): Promise<readonly LogSigner[]> {
  if (config.role === 'api') return [];
  const { home, transparency } = config;
  const seed = (name: string): string => keptSecret(home, name, () => randomBytes(32).toString('hex'));
  const key = transparency.logKeyFile === undefined ? seed('log.key') : readFileSync(transparency.logKeyFile, 'utf8');
  const signers = [localLogSigner(origin, seedOf(key))];
  if (transparency.logMlDsa) signers.push(mlDsaLogSigner(origin, seedOf(seed('log-ml-dsa.key'))));
  for (const signer of signers) await register(sql, log, signer);
  return signers;
}

/**
 * The verifier keys that sign the log, Ed25519 first. A process that only serves waits a while for the first start of the
 * one that has them, and then throws.
 */
export async function knownLogKeys(sql: Queryable, log: number, patienceMs = 30_000): Promise<readonly string[]> {
  const text = 'select vkey from log_key where log = $1 order by type';
  const until = Date.now() + patienceMs;
  for (;;) {
    const rows = await sql.query<{ vkey: string }>('log-keys', text, [log]);
    if (rows.length > 0) return rows.map(({ vkey }) => vkey);
    if (Date.now() >= until)
      throw new Error(`Nobody knows the key of log ${log}: start a process with the role worker or all.`);
    await delay(500);
  }
}

function seedOf(text: string): Uint8Array {
  const hex = text.trim();
  if (/^[0-9a-f]{64}$/i.test(hex)) return hexToBytes(hex.toLowerCase());
  throw new Error('The key of the log is no seed of 32 bytes in hex: look at LOG_KEY_FILE, or keys/log.key.');
}

async function register(sql: Queryable, log: number, { type, vkey }: LogSigner): Promise<void> {
  const insert = 'insert into log_key (log, type, vkey) values ($1, $2, $3) on conflict do nothing';
  await sql.execute('log-key-register', insert, [log, type, vkey]);
  const text = 'select vkey from log_key where log = $1 and type = $2';
  const [known] = await sql.query<{ vkey: string }>('log-key', text, [log, type]);
  if (known?.vkey === vkey) return;
  throw new LogKeyChangedError(
    `Log ${log} is signed by ${known?.vkey}, the key at hand is ${vkey}. Give this process the log's own key (LOG_KEY_FILE, or keys/ of its home).`,
  );
}
