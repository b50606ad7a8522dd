import { toBase64 } from '../bytes.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, assertHash } from './hashing.js';
import { NoteSigner, NoteVerifier, strictBase64 } from './note-key.js';
import { OpenedNote, openNote, signNote } from './signed-note.js';
import { assertSize } from './sizes.js';

/** A tree head of c2sp.org/tlog-checkpoint. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Further lines. We write none: ML-DSA cosignatures do not cover them. */
  readonly extensions?: readonly string[];
}

/** The note text of a checkpoint. Throws TlogError for what `parseCheckpoint` would refuse. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  assertSize(size);
  assertHash(root, 'root');
  const text = `${[origin, size, toBase64(root), ...extensions].join('\n')}\n`;
  const lines = text.split('\n').length - 1;
  if (lines !== 3 + extensions.length) throw malformed('its origin or an extension holds a newline');
  parseCheckpoint(text);
  return text;
}

/** Reads a note text, signed or not yet checked. Throws TLOG_CHECKPOINT_MALFORMED. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw malformed('it does not end with a newline');
  const [origin, sizeLine, rootLine, ...extensions] = lines;
  if (origin === undefined || sizeLine === undefined || rootLine === undefined) throw malformed('it has under 3 lines');
  if (lines.includes('')) throw malformed('it has an empty line');
  return { origin, size: parseSize(sizeLine), root: parseRoot(rootLine), extensions };
}

function parseSize(line: string): number {
  const size = Number(line);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(line) || !Number.isSafeInteger(size)) {
    throw malformed(`its size is ${JSON.stringify(line.slice(0, 40))}, expected a decimal integer below 2^53`);
  }
  return size;
}

function parseRoot(line: string): Uint8Array {
  const root = strictBase64(line);
  if (root?.length !== HASH_SIZE) throw malformed(`its root is not the base64 of ${HASH_SIZE} bytes`);
  return root;
}

function malformed(why: string): TlogError {
  return new TlogError('TLOG_CHECKPOINT_MALFORMED', `Not a checkpoint: ${why}.`);
}

/** A checkpoint as a signed note. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(formatCheckpoint(checkpoint), signers);
}

/** A checkpoint whose signatures were checked, with the note that it came in. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: OpenedNote;
}

/**
 * Reads and checks a signed checkpoint: at least one of `verifiers` signed it, none of them wrongly, and it is of
 * the log named `origin` (TLOG_ORIGIN_MISMATCH), since a key may serve several logs.
 */
export function openCheckpoint(note: string, origin: string, verifiers: readonly NoteVerifier[]): OpenedCheckpoint {
  const opened = openNote(note, verifiers);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint.origin !== origin) {
    throw new TlogError('TLOG_ORIGIN_MISMATCH', `The checkpoint is of ${checkpoint.origin}, expected ${origin}.`, {
      expected: origin,
      got: checkpoint.origin,
    });
  }
  return { checkpoint, note: opened };
}
