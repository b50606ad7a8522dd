import { readFile } from 'node:fs/promises';
import { equalBytes, hexToBytes } from '../../../../src/domain/bytes.js';
import { DomainError } from '../../../../src/domain/errors.js';
import { type Checkpoint, parseCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { parseVerifierKey } from '../../../../src/domain/tlog/note-key.js';
import { verifyConsistency } from '../../../../src/domain/tlog/proof.js';
import { openNote, parseNote } from '../../../../src/domain/tlog/signed-note.js';
import { type Status, type Terminal, UsageError } from '../command.js';
import { type AnchorClaim, type Evidence, type Shown, parseEvidence } from './evidence.js';
import type { AnchorRpc } from './anchor-rpc.js';
import { isNoAnswer, nodeAt } from './nodes.js';
import type { EvidenceOptions } from './options.js';
import { loadIdentities } from './pin.js';
import type { Identity } from './identity.js';
import { type Patience, patienceOf } from './source.js';
import { printable } from './words.js';

/** What a piece of evidence proves, and what whoever reads it must believe beside it. */
export interface Verdict {
  readonly proven: boolean;
  readonly statement: string;
  readonly leftToBelieve: readonly string[];
}

/** Checks an evidence file as a third party would: exit status 0 if it proves what it says. Throws UsageError. */
export async function checkEvidence(options: EvidenceOptions, terminal: Terminal): Promise<Status> {
  const verdict = await verdictOn(
    await loadEvidence(options.file),
    options,
    patienceOf(options.answerMs, terminal.stopped()),
  );
  if (options.json) terminal.out(`${JSON.stringify(verdict, null, 2)}\n`);
  else terminal.out(inWords(verdict));
  return verdict.proven ? 0 : 1;
}

function inWords({ proven, statement, leftToBelieve }: Verdict): string {
  const lines = [`${proven ? 'PROVEN' : 'NOT PROVEN'}: ${printable(statement)}`];
  if (proven && leftToBelieve.length > 0)
    lines.push('Left to believe:', ...leftToBelieve.map((what) => `  - ${printable(what)}`));
  return `${lines.join('\n')}\n`;
}

async function loadEvidence(path: string): Promise<Evidence | string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as Error).message}).`);
  }
  try {
    return parseEvidence(text);
  } catch (error) {
    if (error instanceof DomainError) return `this is no evidence that can be read. ${error.message}`;
    throw error;
  }
}

async function verdictOn(
  evidence: Evidence | string,
  { trust, rpc }: EvidenceOptions,
  patience: Patience,
): Promise<Verdict> {
  if (typeof evidence === 'string') return notProven(evidence);
  const trusted = trust === undefined ? undefined : await loadIdentities(trust);
  try {
    const keys = believed(evidence, trusted);
    const notes = evidence.notes.map((shown) => opened(shown, evidence));
    if (evidence.kind === 'anchor') {
      return await onAnchor(
        evidence,
        notes,
        keys,
        rpc.map((url) => nodeAt(url, patience)),
      );
    }
    return onNotes(evidence, notes, keys);
  } catch (error) {
    if (error instanceof DomainError) return notProven(error.message);
    throw error;
  }
}

const notProven = (statement: string): Verdict => ({ proven: false, statement, leftToBelieve: [] });

/** What is left to believe about keys. Throws where the trust file does not know every key of the log. */
function believed({ origin, keys }: Evidence, trusted: readonly Identity[] | undefined): string[] {
  if (trusted === undefined) {
    return [`that ${keys.join(', ')} are keys of ${origin} or of its witnesses (no --trust file was given)`];
  }
  const log = trusted.find((one) => one.origin === origin);
  const stranger = keys.find((key) => parseVerifierKey(key).name === origin && log?.keys.includes(key) !== true);
  if (log === undefined || stranger !== undefined) {
    throw new DomainError('EVIDENCE_KEY', `The trust file does not know the key ${stranger ?? ''} of ${origin}.`);
  }
  const known = (key: string): boolean => log.keys.includes(key) || log.policy?.includes(key) === true;
  return keys.filter((key) => !known(key)).map((key) => `that ${key} is the key of a witness of ${origin}`);
}

interface OpenedNote {
  readonly checkpoint: Checkpoint;
  readonly byLog: boolean;
}

function opened({ note }: Shown, { origin, keys }: Evidence): OpenedNote {
  const parsed = parseNote(note);
  const { verified } = openNote(
    parsed,
    keys.map((key) => noteVerifierOf(key)),
  );
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== origin)
    throw new DomainError('EVIDENCE_ORIGIN', `A note is of ${checkpoint.origin}, not of ${origin}.`);
  return { checkpoint, byLog: verified.some(({ name }) => name === origin) };
}

function onNotes({ kind, origin, prefix }: Evidence, notes: readonly OpenedNote[], left: readonly string[]): Verdict {
  const [smaller, larger] = notes;
  if (smaller === undefined || larger === undefined) return notProven('two notes were expected.');
  const [a, b] = [smaller.checkpoint, larger.checkpoint];
  if (kind === 'shrunk' && prefix === undefined && a.size < b.size) {
    return notProven(
      `both checkpoints are signed, of ${b.size} entries and of ${a.size}. Whoever saw the larger one first was shown an old copy, or entries were taken away; the notes alone do not say which.`,
    );
  }
  const why = contradiction(a, b.size, b.root, prefix);
  if (why !== undefined) return notProven(why);
  const statement =
    smaller.byLog && larger.byLog
      ? `${origin} signed two histories: checkpoints of ${a.size} and ${b.size} entries that contradict each other.`
      : `A witness cosigned ${smaller.byLog ? b.size : a.size} entries of ${origin} that contradict the checkpoint that the log signed.`;
  return { proven: true, statement, leftToBelieve: left };
}

/** Why a smaller tree does not contradict a larger one; undefined where it does. */
function contradiction(
  smaller: { readonly size: number; readonly root: Uint8Array },
  size: number,
  root: Uint8Array,
  prefix: Evidence['prefix'],
): string | undefined {
  if (smaller.size === size) return equalBytes(smaller.root, root) ? 'both have the same root.' : undefined;
  if (smaller.size > size || smaller.size === 0)
    return `${smaller.size} and ${size} entries cannot contradict each other in this order.`;
  if (prefix === undefined) return 'it does not show which root the larger tree had at the smaller size.';
  verifyConsistency({ oldSize: smaller.size, oldRoot: prefix.root, newSize: size, newRoot: root, proof: prefix.proof });
  return equalBytes(prefix.root, smaller.root) ? 'the larger tree extends the smaller one.' : undefined;
}

async function onAnchor(
  { origin, anchor, prefix }: Evidence,
  [note]: readonly OpenedNote[],
  left: readonly string[],
  nodes: readonly AnchorRpc[],
): Promise<Verdict> {
  if (anchor === undefined || note === undefined) return notProven('a note and an anchor were expected.');
  if (!note.byLog) return notProven('the log did not sign the note.');
  const claim = { size: anchor.size, root: hexToBytes(anchor.root.slice(2)) };
  const why = contradiction(claim, note.checkpoint.size, note.checkpoint.root, prefix);
  if (why !== undefined) return notProven(why);
  const chain = await onChain(anchor, nodes);
  if (chain === false) return notProven(`chain ${anchor.chainId} does not hold this root for ${anchor.size} entries.`);
  const statement = `${origin} signed a history that contradicts its anchor of ${anchor.size} entries on chain ${anchor.chainId}.`;
  return {
    proven: true,
    statement,
    leftToBelieve: chain
      ? left
      : [...left, `that chain ${anchor.chainId} holds the anchor (no --rpc node of it answered)`],
  };
}

/** Whether the chain emitted the anchor in its block or holds it there; undefined where no node of it answers. */
async function onChain(anchor: AnchorClaim, nodes: readonly AnchorRpc[]): Promise<boolean | undefined> {
  for (const node of nodes) {
    try {
      if ((await node.chainId()) !== anchor.chainId) continue;
      const { number, hash } = anchor.block;
      if ((await node.finalized()).number < number || (await node.block(number))?.hash !== hash) return false;
      const events = await node.anchored(anchor, number, number);
      if (events.some(({ size, root }) => size === anchor.size && root === anchor.root)) return true;
      const head = await node.head(anchor, number);
      return head !== 'no contract' && head.size === anchor.size && head.root === anchor.root;
    } catch (error) {
      if (!isNoAnswer(error)) throw error;
    }
  }
  return undefined;
}
