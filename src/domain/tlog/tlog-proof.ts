import { toBase64 } from '../bytes.js';
import { parseCheckpoint } from './checkpoint.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, leafHash } from './hashing.js';
import { strictBase64 } from './note-key.js';
import { type PolicyContext, type PolicyResult, checkCheckpoint } from './policy-check.js';
import type { Policy } from './policy.js';
import { verifyInclusion } from './proof.js';
import { parseNote } from './signed-note.js';

/** A proof of c2sp.org/tlog-proof. `extra` is not authenticated by anything; `checkpoint` is a signed note. */
export interface TlogProof {
  readonly extra?: Uint8Array;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const MOST_CHARACTERS = 32 * 1024 * 1024;
const MOST_HASHES = 64;
/** The usual ending of files that hold a proof. */
export const TLOG_PROOF_EXTENSION = '.tlog-proof';

/** The text of a proof. `parseTlogProof` gives it back, or this throws what that would refuse. */
export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  parseTlogProof(text);
  return text;
}

/**
 * Reads a proof; nothing in it is to be believed before `checkTlogProof`. Throws TLOG_PROOF_MALFORMED, or what
 * `parseNote` and `parseCheckpoint` throw for its checkpoint.
 */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > MOST_CHARACTERS) throw malformed(`it is longer than ${MOST_CHARACTERS} characters`);
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('no empty line separates the proof from the checkpoint');
  const [header, ...lines] = text.slice(0, split).split('\n');
  if (header !== HEADER) throw malformed(`its first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') === true ? readExtra(lines.shift()!) : undefined;
  const index = readIndex(lines.shift() ?? '');
  if (lines.length > MOST_HASHES) throw malformed(`it has ${lines.length} hashes, at most ${MOST_HASHES}`);
  const checkpoint = text.slice(split + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { ...(extra === undefined ? {} : { extra }), index, hashes: lines.map(readHash), checkpoint };
}

function readExtra(line: string): Uint8Array {
  const extra = strictBase64(line.slice('extra '.length));
  if (extra === undefined) throw malformed('its extra data is not base64');
  return extra;
}

function readIndex(line: string): number {
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/.exec(line) ?? [];
  const index = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(index))
    throw malformed('no line "index" with a decimal below 2^53');
  return index;
}

function readHash(line: string): Uint8Array {
  const hash = strictBase64(line);
  if (hash?.length !== HASH_SIZE) throw malformed('a line is not the base64 of a hash');
  return hash;
}

function malformed(why: string): TlogError {
  return new TlogError('TLOG_PROOF_MALFORMED', `Not a tlog-proof: ${why}.`);
}

/**
 * Checks that `entry` is in the log: the proof leads to the checkpoint's root, and the checkpoint is valid under the
 * policy. Throws TlogError, TLOG_QUORUM_NOT_MET where too few witnesses cosigned it.
 */
export function checkTlogProof(
  { index, hashes, checkpoint }: TlogProof,
  entry: Uint8Array,
  policy: Policy,
  context?: PolicyContext,
): PolicyResult {
  const result = checkCheckpoint(policy, checkpoint, context);
  if (!result.quorumMet) {
    const names = result.witnesses.map(({ name }) => name);
    throw new TlogError('TLOG_QUORUM_NOT_MET', `Cosigned by ${names.join(', ') || 'nobody'}, which is no quorum.`, {
      quorum: policy.quorum,
      cosigned: names,
    });
  }
  const { size, root } = result.checkpoint;
  verifyInclusion({ index, size, root, proof: hashes, leafHash: leafHash(entry) });
  return result;
}
