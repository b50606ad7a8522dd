import { equalBytes } from '../../../../src/domain/bytes.js';
import { TlogError } from '../../../../src/domain/tlog/errors.js';
import { parseCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { formatVerifierKey } from '../../../../src/domain/tlog/note-key.js';
import { checkCheckpoint } from '../../../../src/domain/tlog/policy-check.js';
import { type Policy, parsePolicy } from '../../../../src/domain/tlog/policy.js';
import { openNote, parseNote } from '../../../../src/domain/tlog/signed-note.js';
import type { VerifiedTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import type { Evidence } from './evidence.js';
import { Alarm, type Findings } from './findings.js';
import { tileFaults } from './follow.js';
import type { Source } from './source.js';
import type { MonitorState } from './state.js';

const FUTURE_SECONDS = 300;
/** 2020: before it there were no witnesses. */
const EARLIEST = 1_577_836_800;

/** How many of a policy's witnesses cosigned a checkpoint. */
export interface Witnessed {
  readonly cosigned: number;
  readonly of: number;
  readonly quorumMet: boolean;
}

/** Checks the cosignatures of a checkpoint against a policy; alarms go to `findings`. */
export function checkWitnesses(
  text: string,
  note: string,
  { keys }: { readonly keys: readonly string[] },
  findings: Findings,
  nowMs: number,
): Witnessed | undefined {
  const policy = parsePolicy(text);
  let result;
  try {
    result = checkCheckpoint(policy, note, { logs: keys });
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    findings.alarm('SIGNATURE_WRONG', error.message);
    return undefined;
  }
  const latest = nowMs / 1000 + FUTURE_SECONDS;
  for (const { name, time } of result.witnesses) {
    // An ML-DSA cosignature may have no time at all, which is written as 0.
    if (time === 0 || (time >= EARLIEST && time <= latest)) continue;
    findings.alarm(
      'COSIGNATURE_TIME',
      `Witness ${name} cosigned at ${time} seconds since 1970, now it is ${Math.floor(nowMs / 1000)}.`,
    );
  }
  const witnessed = { cosigned: result.witnesses.length, of: policy.witnesses.length, quorumMet: result.quorumMet };
  if (!result.quorumMet) {
    findings.alarm(
      'QUORUM_MISSING',
      `${witnessed.cosigned} of ${witnessed.of} witnesses cosigned the checkpoint of ${result.checkpoint.size} entries; the quorum ${policy.quorum} asks for more.`,
    );
  }
  return witnessed;
}

/** Another place where checkpoints of the log are shown: a mirror, a witness, a friend's copy. */
export interface ElsewhereWork {
  readonly state: MonitorState;
  readonly findings: Findings;
  readonly tiles: () => Promise<VerifiedTiles>;
  readonly from: string;
  readonly at: string;
  readonly policy: string | undefined;
}

const LONGEST_NOTE = 1_000_000;

/**
 * Compares what is shown elsewhere with the log: signed by the log it is a fork of the log, only cosigned by a witness
 * of the policy it is the witness that holds another history. Larger ones wait until the log is there.
 */
export async function compareElsewhere(work: ElsewhereWork, source: Source): Promise<void> {
  const fetched = await source.get('', LONGEST_NOTE);
  if (fetched.kind !== 'found') {
    work.findings.note('NOT_REACHED', `${source.name} shows no checkpoint.`);
    return;
  }
  const { head, pinned } = work.state;
  if (head === null) return;
  const note = new TextDecoder().decode(fetched.bytes);
  const shown = readShown(note, work);
  if (shown === undefined || shown.size > head.size || shown.size === 0) return;
  const root = shown.size === head.size ? head.root : await prefixRoot(work, shown.size);
  if (equalBytes(root, shown.root)) return;
  const proof = shown.size === head.size ? {} : { prefix: { root, proof: await consistency(work, shown.size) } };
  const evidence: Evidence = {
    kind: 'fork',
    origin: pinned.origin,
    keys: [...pinned.keys, ...shown.witnessKeys],
    notes: [
      { note, at: work.at, from: source.name },
      { note: head.note, at: head.at, from: work.from },
    ],
    ...proof,
  };
  const who = shown.byLog ? 'the log signed' : 'a witness cosigned';
  throw new Alarm(
    shown.byLog ? 'FORKED' : 'WITNESS_FORKED',
    `${source.name} shows another history of ${shown.size} entries, which ${who}.`,
    evidence,
  );
}

interface ShownElsewhere {
  readonly size: number;
  readonly root: Uint8Array;
  readonly byLog: boolean;
  readonly witnessKeys: readonly string[];
}

function readShown(note: string, { state, policy, findings }: ElsewhereWork): ShownElsewhere | undefined {
  const { origin, keys } = state.pinned;
  const witnesses = policy === undefined ? [] : witnessKeysOf(parsePolicy(policy));
  try {
    const parsed = parseNote(note);
    const { verified } = openNote(
      parsed,
      [...keys, ...witnesses].map((key) => noteVerifierOf(key)),
    );
    const checkpoint = parseCheckpoint(parsed.text);
    if (checkpoint.origin !== origin) return undefined;
    const signedBy = (vkey: string): boolean =>
      verified.some(({ name, keyId }) => vkey.startsWith(`${name}+${keyId.toString(16).padStart(8, '0')}+`));
    const { size, root } = checkpoint;
    return { size, root, byLog: keys.some(signedBy), witnessKeys: witnesses.filter(signedBy) };
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    findings.note('NOT_REACHED', `What is shown elsewhere is no checkpoint of this log: ${error.message}`);
    return undefined;
  }
}

const witnessKeysOf = ({ witnesses }: Policy): string[] => witnesses.map(({ key }) => formatVerifierKey(key));

const prefixRoot = ({ tiles }: ElsewhereWork, size: number): Promise<Uint8Array> =>
  tileFaults(async () => (await tiles()).prefixRoot(size));

const consistency = ({ tiles }: ElsewhereWork, size: number): Promise<Uint8Array[]> =>
  tileFaults(async () => (await tiles()).consistency(size));
