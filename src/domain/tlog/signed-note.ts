import { concatBytes, toBase64, utf8ToBytes } from '../bytes.js';
import { TlogError } from './errors.js';
import { NoteSigner, NoteVerifier, formatKeyId, isKeyName, keyIdBytes, strictBase64 } from './note-key.js';

/** One signature line: who, and the bytes after the key ID. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A note of c2sp.org/signed-note. `text` ends with a newline; nothing in it is to be believed before `openNote`. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note with at least one good signature; `unverified` are those of keys that were not asked for. */
export interface OpenedNote {
  readonly text: string;
  readonly verified: readonly NoteSignature[];
  readonly unverified: readonly NoteSignature[];
}

const MAX_NOTE_LENGTH = 1_000_000;
const MAX_SIGNATURES = 100;
const LINE_START = '\u2014 ';
const KEY_ID_LENGTH = 4;
// Control characters other than newline, and halves of characters that have no UTF-8 form.
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\p{Surrogate}]/u;

/** Takes a note apart without checking any signature. Throws TLOG_NOTE_MALFORMED. */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_LENGTH) throw malformed(`it is longer than ${MAX_NOTE_LENGTH} characters`);
  if (FORBIDDEN.test(note)) throw malformed('it holds a control character or is not Unicode');
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw malformed('no empty line separates text and signatures');
  const lines = note.slice(split + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw malformed('it does not end with a signature line and a newline');
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** Reads `— name base64`; also what a witness returns line by line. Throws TLOG_NOTE_MALFORMED. */
export function parseSignatureLine(line: string): NoteSignature {
  const [name, encoded, ...rest] = line.startsWith(LINE_START) ? line.slice(LINE_START.length).split(' ') : [];
  if (name === undefined || encoded === undefined || rest.length > 0 || !isKeyName(name)) {
    throw malformed('a signature line is not "\u2014 name base64"');
  }
  const bytes = strictBase64(encoded);
  if (bytes === undefined || bytes.length <= KEY_ID_LENGTH) throw malformed(`the signature of ${name} is not base64`);
  return {
    name,
    keyId: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0),
    signature: bytes.slice(KEY_ID_LENGTH),
  };
}

/** Writes a signature line, without its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${LINE_START}${name} ${toBase64(concatBytes(keyIdBytes(keyId), signature))}`;
}

/** Writes a note so that `parseNote` gives it back; throws TLOG_NOTE_MALFORMED where that cannot be. */
export function formatNote({ text, signatures }: SignedNote): string {
  if (!text.endsWith('\n')) throw malformed('its text does not end with a newline');
  const note = `${text}\n${signatures.map((signature) => `${formatSignatureLine(signature)}\n`).join('')}`;
  if (parseNote(note).text !== text) throw malformed('its text cannot be told from its signatures');
  return note;
}

/** Signs a text, which must end with a newline, with every signer in turn. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return formatNote({ text, signatures: signers.map((signer) => noteSignature(text, signer)) });
}

/** One key's signature of a note text. */
export function noteSignature(text: string, signer: NoteSigner): NoteSignature {
  return { name: signer.name, keyId: signer.keyId, signature: signer.sign(utf8ToBytes(text)) };
}

/**
 * Checks a note. Every signature by a known key must be good (TLOG_SIGNATURE_INVALID) and there must be at least
 * one (TLOG_NOTE_UNSIGNED); unknown keys are ignored, even if they share a name or an ID with a known one. A line that
 * comes twice is taken once: anybody can repeat a good one to make work.
 */
export function openNote(note: string | SignedNote, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = typeof note === 'string' ? parseNote(note) : note;
  const message = utf8ToBytes(text);
  const verified: NoteSignature[] = [];
  const unverified: NoteSignature[] = [];
  const seen = new Set<string>();
  for (const signature of signatures) {
    const line = formatSignatureLine(signature);
    if (seen.has(line)) continue;
    seen.add(line);
    const known = verifiers.filter(({ name, keyId }) => name === signature.name && keyId === signature.keyId);
    if (known.length === 0) unverified.push(signature);
    else if (known.some((verifier) => verifier.verify(message, signature.signature))) verified.push(signature);
    else throw invalidSignature(signature);
  }
  if (verified.length > 0) return { text, verified, unverified };
  const expected = verifiers.map(({ name, keyId }) => `${name}+${formatKeyId(keyId)}`);
  throw new TlogError('TLOG_NOTE_UNSIGNED', `No signature by ${expected.join(' or ') || 'any key'}.`, { expected });
}

function invalidSignature({ name, keyId }: NoteSignature): TlogError {
  return new TlogError('TLOG_SIGNATURE_INVALID', `The signature by ${name}+${formatKeyId(keyId)} is wrong.`, {
    name,
    keyId,
  });
}

function malformed(why: string): TlogError {
  return new TlogError('TLOG_NOTE_MALFORMED', `Not a signed note: ${why}.`);
}
