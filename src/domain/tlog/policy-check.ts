import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { type Clock, type KeyedVerifier, cosignatureTime, noteVerifierOf } from './cosignature.js';
import { TlogError } from './errors.js';
import { type VerifierKey, formatKeyId } from './note-key.js';
import { type Policy, quorumMet } from './policy.js';
import { type NoteSignature, type OpenedNote, openNote, parseNote } from './signed-note.js';

/** A witness of the policy that cosigned, and when (POSIX seconds). */
export interface WitnessedBy {
  readonly name: string;
  readonly key: VerifierKey;
  readonly time: number;
}

/** What a policy says of a signed checkpoint. */
export interface PolicyResult {
  readonly checkpoint: Checkpoint;
  /** The keys of its log that signed it; at least one. */
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly WitnessedBy[];
  readonly quorumMet: boolean;
  readonly note: OpenedNote;
}

export interface PolicyContext {
  /** Logs that are known from elsewhere, beside those of the policy; their names are origins. */
  readonly logs?: readonly (string | VerifierKey)[];
  /** Cosignatures of a later time are refused. */
  readonly latest?: Clock;
}

/**
 * Checks a signed checkpoint against a policy: a log of it, whose name is the checkpoint's origin, signed it, and no
 * signature by a log or a witness of it is wrong. Throws TlogError otherwise (TLOG_NOTE_UNSIGNED where no log signed);
 * a quorum that is not met is no error but `quorumMet: false`.
 */
export function checkCheckpoint(policy: Policy, note: string, { logs = [], latest }: PolicyContext = {}): PolicyResult {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const ofLogs = [...policy.logs.map(({ key }) => key), ...logs]
    .map((key) => noteVerifierOf(key))
    .filter(({ name }) => name === checkpoint.origin);
  const ofWitnesses = policy.witnesses.map(({ key }) => noteVerifierOf(key, latest));
  if (!parsed.signatures.some((signature) => ofLogs.some((log) => isBy(signature, log)))) {
    throw unsigned(checkpoint.origin, ofLogs);
  }
  const opened = openNote(parsed, [...ofLogs, ...ofWitnesses]);
  return {
    checkpoint,
    logs: ofLogs.filter((log) => opened.verified.some((signature) => isBy(signature, log))).map(({ key }) => key),
    witnesses: policy.witnesses.flatMap(({ name, key }) => {
      const times = opened.verified.filter((signature) => isBy(signature, key)).map(cosignatureTime);
      return times.length === 0 ? [] : [{ name, key, time: Math.max(...times) }];
    }),
    quorumMet: quorumMet(policy, opened.verified),
    note: opened,
  };
}

const isBy = (signature: NoteSignature, key: { readonly name: string; readonly keyId: number }): boolean =>
  signature.name === key.name && signature.keyId === key.keyId;

function unsigned(origin: string, logs: readonly KeyedVerifier[]): TlogError {
  const expected = logs.map(({ name, keyId }) => `${name}+${formatKeyId(keyId)}`);
  const keys = expected.length === 0 ? `any key of ${JSON.stringify(origin)} in the policy` : expected.join(' or ');
  return new TlogError('TLOG_NOTE_UNSIGNED', `The checkpoint is not signed by ${keys}.`, { expected });
}
