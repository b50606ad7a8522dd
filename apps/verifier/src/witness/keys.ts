import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toBase64 } from '../../../../src/domain/bytes.js';
import {
  type Clock,
  type KeyedSigner,
  ed25519Cosigner,
  mlDsaCosigner,
} from '../../../../src/domain/tlog/cosignature.js';
import { strictBase64 } from '../../../../src/domain/tlog/note-key.js';
import { UsageError } from '../command.js';
import { makeFile, readIfThere } from './durable.js';

const FORMAT = 'halisi-witness-key/v1';
const SEED_BYTES = 32;

const KINDS = [
  { file: 'ed25519.key', cosigner: ed25519Cosigner },
  { file: 'ml-dsa-44.key', cosigner: mlDsaCosigner },
] as const;

const now: Clock = () => Math.floor(Date.now() / 1000);

/** The witness's cosigners, from the key files of its state folder, which are made where they are missing. */
export async function loadCosigners(folder: string, name: string, mlDsa: boolean): Promise<KeyedSigner[]> {
  const kinds = mlDsa ? KINDS : KINDS.slice(0, 1);
  return Promise.all(
    kinds.map(async ({ file, cosigner }) => cosigner(name, await loadSeed(join(folder, file), name), now)),
  );
}

/** Three lines: the format, the name that the key is for, and the base64 of its seed. */
async function loadSeed(path: string, name: string): Promise<Uint8Array> {
  await makeFileOnce(path, name);
  const [format, ofName, encoded, end, ...rest] = ((await readIfThere(path)) ?? '').split('\n');
  const seed = strictBase64(encoded ?? '');
  if (format !== FORMAT || end !== '' || rest.length > 0 || seed?.length !== SEED_BYTES) {
    throw new UsageError(`${path} is not a key file of a witness (${FORMAT}).`);
  }
  if (ofName !== name) {
    // c2sp.org/tlog-cosignature: an Ed25519 cosignature does not commit to the name, so a key has one name for good.
    throw new UsageError(
      `The key ${path} is of the witness ${JSON.stringify(ofName)}, --name says ${JSON.stringify(name)}.`,
    );
  }
  return seed;
}

async function makeFileOnce(path: string, name: string): Promise<void> {
  if ((await readIfThere(path)) === undefined) {
    await makeFile(path, `${FORMAT}\n${name}\n${toBase64(randomBytes(SEED_BYTES))}\n`);
  }
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new UsageError(`Others can read the key ${path}: take their rights away (chmod 600).`);
  }
}
