import { equalBytes, toBase64 } from '../bytes.js';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, emptyRoot } from './hashing.js';
import { type NoteSigner, type NoteVerifier, strictBase64 } from './note-key.js';
import { verifyConsistency } from './proof.js';
import { formatNote, formatSignatureLine, noteSignature, openNote, parseNote } from './signed-note.js';

/** A request to a witness, c2sp.org/tlog-witness: its form is right, and nothing in it is to be believed. */
export interface AddCheckpointRequest {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  /** The note text of the checkpoint, and the note as it came: others may have added lines to it. */
  readonly text: string;
  readonly note: string;
}

/** What a witness keeps of a log: the newest checkpoint that it cosigned, with the signatures of the log alone. */
export interface WitnessedTree {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
}

/** Two checkpoints of one size and different roots, both signed by the log: each proves the other to be a lie. */
export interface ForkEvidence {
  readonly origin: string;
  readonly size: number;
  /** What the witness cosigned. */
  readonly kept: string;
  /** What it refuses for good. */
  readonly refused: string;
}

/** A checkpoint to cosign: a witness stores `next`, durably, and then cosigns `text`. */
export interface WitnessConsent {
  readonly status: 200;
  readonly text: string;
  readonly next: WitnessedTree;
}

/** An answer without a cosignature. A witness stores the evidence of a fork before it gives it. */
export interface WitnessRefusal {
  readonly status: 400 | 403 | 404 | 409 | 422;
  readonly contentType: string;
  readonly body: string;
  readonly fork?: ForkEvidence;
}

export type WitnessDecision = WitnessConsent | WitnessRefusal;

/** What a witness knows of the log that a request names. */
export interface WitnessView {
  /** The log's keys; undefined where the witness does not follow a log of this origin. */
  readonly verifiers: readonly NoteVerifier[] | undefined;
  /** Undefined before the first cosignature. */
  readonly kept: WitnessedTree | undefined;
  /** False where a key of the witness cannot vouch for extension lines, as ML-DSA-44 cannot. */
  readonly coversExtensions: boolean;
}

const MOST_PROOF_LINES = 63;
/** The content type of a 409 that says which size the witness is at. */
export const SIZE_CONTENT_TYPE = 'text/x.tlog.size';
const TEXT = 'text/plain; charset=utf-8';

/** Reads the body of an add-checkpoint request. Throws TLOG_REQUEST_MALFORMED or TLOG_CHECKPOINT_MALFORMED: a 400. */
export function parseAddCheckpoint(body: string): AddCheckpointRequest {
  const split = body.indexOf('\n\n');
  if (split < 0) throw malformed('no empty line ends the proof');
  const [old, ...proof] = body.slice(0, split).split('\n');
  if (proof.length > MOST_PROOF_LINES)
    throw malformed(`it has ${proof.length} proof lines, at most ${MOST_PROOF_LINES}`);
  const note = body.slice(split + 2);
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw malformed('no signed checkpoint, ended by a newline, follows the proof');
  const text = note.slice(0, end + 1);
  return { oldSize: oldSize(old ?? ''), proof: proof.map(proofHash), checkpoint: parseCheckpoint(text), text, note };
}

function oldSize(line: string): number {
  const [, digits = ''] = /^old (0|[1-9][0-9]{0,15})$/.exec(line) ?? [];
  if (digits === '' || !Number.isSafeInteger(Number(digits))) throw malformed('its first line is not "old" and a size');
  return Number(digits);
}

function proofHash(line: string, index: number): Uint8Array {
  const hash = strictBase64(line);
  if (hash?.length !== HASH_SIZE) throw malformed(`line ${index + 2} is not the base64 of a hash`);
  return hash;
}

function malformed(why: string): TlogError {
  return new TlogError('TLOG_REQUEST_MALFORMED', `Not an add-checkpoint request: ${why}.`);
}

/** Writes the body of an add-checkpoint request, for a log that asks a witness. `note` is the signed checkpoint. */
export function formatAddCheckpoint(oldTreeSize: number, proof: readonly Uint8Array[], note: string): string {
  const body = `${[`old ${oldTreeSize}`, ...proof.map(toBase64)].join('\n')}\n\n${note}`;
  parseAddCheckpoint(body);
  return body;
}

/**
 * Decides a request as c2sp.org/tlog-witness says, check by check in its order. The caller must see to it that between
 * reading `kept` and storing `next` nothing else stores a tree of this log.
 */
export function decideAddCheckpoint(request: AddCheckpointRequest, view: WitnessView): WitnessDecision {
  const { verifiers, kept } = view;
  if (verifiers === undefined) return refuse(404, 'unknown log');
  const signed = signedPart(request.note, verifiers);
  if (signed === undefined) return refuse(403, 'invalid signature');
  const { checkpoint } = request;
  const wrong = badCheckpoint(request, view.coversExtensions);
  if (wrong !== undefined) return refuse(400, wrong);
  const fork = forkOf(checkpoint, signed, kept);
  const keptSize = kept?.size ?? 0;
  if (request.oldSize !== keptSize) return { ...refuse(409, String(keptSize), SIZE_CONTENT_TYPE), ...fork };
  if (fork !== undefined) return { ...refuse(409, `another root of size ${checkpoint.size} was cosigned`), ...fork };
  const inconsistency = inconsistencyOf(request, kept);
  if (inconsistency !== undefined) return refuse(422, `bad consistency proof: ${inconsistency}`);
  const { size, root } = checkpoint;
  return { status: 200, text: request.text, next: { size, root, note: signed } };
}

const refuse = (status: WitnessRefusal['status'], body: string, contentType = TEXT): WitnessRefusal => ({
  status,
  contentType,
  body: `${body}\n`,
});

/** A request whose form is wrong: what `parseAddCheckpoint` throws, as an answer. Any other error is thrown on. */
export function refuseMalformed(error: unknown): WitnessRefusal {
  if (error instanceof TlogError) return refuse(400, error.message);
  throw error;
}

/**
 * The note with the signatures of `verifiers` alone. Undefined where they did not sign; signature lines that cannot be
 * read are no signature by a key that is trusted.
 */
function signedPart(note: string, verifiers: readonly NoteVerifier[]): string | undefined {
  const opened = refusedOr(() => openNote(note, verifiers));
  return opened instanceof TlogError ? undefined : formatNote({ text: opened.text, signatures: opened.verified });
}

/** What `work` gives, or the TlogError that it throws; a bug passes through. */
function refusedOr<T>(work: () => T): T | TlogError {
  try {
    return work();
  } catch (error) {
    if (error instanceof TlogError) return error;
    throw error;
  }
}

function badCheckpoint(
  { oldSize: old, checkpoint }: AddCheckpointRequest,
  coversExtensions: boolean,
): string | undefined {
  const { size, root, extensions = [] } = checkpoint;
  if (old > size) return `old size ${old} is above the size ${size} of the checkpoint`;
  if (size === 0 && !equalBytes(root, emptyRoot())) return 'the root of an empty tree is the SHA-256 of nothing';
  if (extensions.length > 0 && !coversExtensions) return 'this witness does not cosign extension lines';
  return undefined;
}

function forkOf(
  { origin, size, root }: Checkpoint,
  signed: string,
  kept: WitnessedTree | undefined,
): { fork: ForkEvidence } | undefined {
  if (kept?.size !== size || equalBytes(kept.root, root)) return undefined;
  return { fork: { origin, size, kept: kept.note, refused: signed } };
}

function inconsistencyOf(
  { checkpoint, proof }: AddCheckpointRequest,
  kept: WitnessedTree | undefined,
): string | undefined {
  if (kept === undefined || kept.size === 0)
    return proof.length === 0 ? undefined : 'from an empty tree it must be empty';
  const claim = { oldSize: kept.size, oldRoot: kept.root, newSize: checkpoint.size, newRoot: checkpoint.root, proof };
  return refusedOr(() => verifyConsistency(claim))?.message;
}

/** The body of a 200: a cosignature line of each key. */
export const cosignatureLines = (text: string, cosigners: readonly NoteSigner[]): string =>
  cosigners.map((signer) => `${formatSignatureLine(noteSignature(text, signer))}\n`).join('');

/** True when both notes are checkpoints of that origin and size, signed by the log, and their roots differ. */
export function provesFork({ origin, size, kept, refused }: ForkEvidence, verifiers: readonly NoteVerifier[]): boolean {
  if ([kept, refused].some((note) => signedPart(note, verifiers) === undefined)) return false;
  const [a, b] = [kept, refused].map((note) => parseCheckpoint(parseNote(note).text)) as [Checkpoint, Checkpoint];
  return [a, b].every((one) => one.origin === origin && one.size === size) && !equalBytes(a.root, b.root);
}
