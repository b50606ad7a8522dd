import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../tlog/checkpoint.js';
import { noteVerifierOf } from '../tlog/cosignature.js';
import { TlogError } from '../tlog/errors.js';
import { type Policy, quorumMet } from '../tlog/policy.js';
import { type NoteSignature, openNote, parseNote } from '../tlog/signed-note.js';
import type { Evidence } from './receipt.js';
import { attempt, type Check, fails, holds, notAsked, reason } from './report.js';
import type { Trust, TrustedLog } from './trust.js';

/** The checkpoint as it stands, whoever signed it; or why it is none, or of another log. */
export function readCheckpoint({ log }: Evidence): Checkpoint | string {
  try {
    const checkpoint = parseCheckpoint(parseNote(log.checkpoint).text);
    if (checkpoint.origin === log.origin) return checkpoint;
    return `It is of the log ${JSON.stringify(checkpoint.origin)}, the receipt says ${JSON.stringify(log.origin)}.`;
  } catch (error) {
    return reason(error);
  }
}

/** The links `checkpoint`, `log-key` and `witnesses`. */
export function checkLog(evidence: Evidence, checkpoint: Checkpoint | string, trust: Trust | undefined): Check[] {
  const { log } = evidence;
  const trusted = trust?.logs.find(({ origin }) => origin === log.origin);
  return [
    typeof checkpoint === 'string'
      ? fails('checkpoint', checkpoint)
      : holds('checkpoint', `It names ${checkpoint.size} entries.`),
    checkKey(evidence, trust, trusted),
    checkWitnesses(evidence, trust, trusted),
  ];
}

function checkKey({ log }: Evidence, trust: Trust | undefined, trusted: TrustedLog | undefined): Check {
  if (trust === undefined)
    return notAsked('log-key', 'No trust file was given, so nobody knows whose signature it is.');
  if (trusted === undefined)
    return fails('log-key', `The trust file does not know the log ${JSON.stringify(log.origin)}.`);
  return attempt('log-key', `${log.origin} signed the checkpoint.`, () => {
    openCheckpoint(log.checkpoint, log.origin, trusted.verifiers);
  });
}

function checkWitnesses({ log }: Evidence, trust: Trust | undefined, trusted: TrustedLog | undefined): Check {
  const policy = trusted?.policy;
  if (policy === undefined) {
    const why = trust === undefined ? 'No trust file was given' : 'The trust file has no witness policy for this log';
    return notAsked('witnesses', `${why}, so no cosignature was asked for.`);
  }
  try {
    const verified = cosignatures(log.checkpoint, policy);
    const names = policy.witnesses
      .filter(({ key }) => verified.some(({ name, keyId }) => name === key.name && keyId === key.keyId))
      .map(({ name }) => name);
    const who = names.length === 0 ? 'No witness of the policy cosigned' : `Cosigned by ${names.join(', ')}`;
    if (quorumMet(policy, verified)) return holds('witnesses', `${who}: the quorum ${policy.quorum} is met.`);
    return fails('witnesses', `${who}: the quorum ${policy.quorum} is not met.`);
  } catch (error) {
    return fails('witnesses', reason(error));
  }
}

/** The good cosignatures by witnesses of the policy. Throws TlogError if one of theirs is wrong. */
function cosignatures(note: string, { witnesses }: Policy): readonly NoteSignature[] {
  try {
    return openNote(
      note,
      witnesses.map(({ key }) => noteVerifierOf(key)),
    ).verified;
  } catch (error) {
    if (error instanceof TlogError && error.code === 'TLOG_NOTE_UNSIGNED') return [];
    throw error;
  }
}
