import { equalBytes } from '../../../../src/domain/bytes.js';
import { TlogError } from '../../../../src/domain/tlog/errors.js';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../../../../src/domain/tlog/checkpoint.js';
import { noteVerifierOf } from '../../../../src/domain/tlog/cosignature.js';
import { parseNote } from '../../../../src/domain/tlog/signed-note.js';
import { VerifiedTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import type { Evidence } from './evidence.js';
import { Alarm, type Findings } from './findings.js';
import { fastHasher } from './hasher.js';
import type { Identity } from './identity.js';
import type { LogReader } from './log-reader.js';
import type { CheckedEntries, MonitorState, SeenCheckpoint } from './state.js';
import { entriesExplain } from './suspects.js';

const MOST_UNPROVEN = 16;

/** What following needs of a round. */
export interface Following {
  readonly reader: LogReader;
  readonly state: MonitorState;
  readonly findings: Findings;
  /** The time of the round. */
  readonly at: string;
}

/** The tiles of a tree. Their faults become alarms that name the path: where the edge is wrong, the entries tell it. */
export async function openTiles(
  reader: LogReader,
  checked: CheckedEntries,
  tree: { readonly size: number; readonly root: Uint8Array },
): Promise<VerifiedTiles> {
  try {
    return await tileFaults(() => VerifiedTiles.open(tree.size, tree.root, (tile) => reader.tile(tile), fastHasher));
  } catch (error) {
    if (!(error instanceof Alarm) || error.code !== 'WRONG_ROOT') throw error;
    const wrong = await entriesExplain(reader, checked, tree);
    if (wrong === undefined) throw error;
    throw new Alarm('TILE_WRONG', `The tile ${wrong} does not hold the hashes of the entries.`);
  }
}

/** Runs `work` on tiles; what a hostile tile makes it throw becomes an Alarm. */
export async function tileFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new Alarm(error.code === 'TLOG_ROOT_MISMATCH' ? 'WRONG_ROOT' : 'TILE_WRONG', error.message);
  }
}

/**
 * Reads the checkpoint, checks it against all that was seen, and moves `state.head` on if it extends it. Answers the
 * checkpoint as it was served and signed; undefined where that is none. Throws Unreachable.
 */
export async function followCheckpoint(following: Following): Promise<SeenCheckpoint | undefined> {
  const { reader, state, findings, at } = following;
  const note = await findings.keeping(() => reader.checkpoint());
  if (note === undefined) return undefined;
  const checkpoint = await findings.keeping(() => Promise.resolve(signedBy(note, state.pinned)));
  if (checkpoint === undefined) return undefined;
  const seen: SeenCheckpoint = { size: checkpoint.size, root: checkpoint.root, note, at };
  await findings.keeping(() => compare(following, seen));
  return seen;
}

/** Opens a checkpoint with the pinned keys. Throws an Alarm that says what is wrong. */
export function signedBy(note: string, { origin, keys }: Pick<Identity, 'origin' | 'keys'>): Checkpoint {
  const verifiers = keys.map((key) => noteVerifierOf(key));
  try {
    const parsed = parseNote(note);
    const claimed = parseCheckpoint(parsed.text);
    if (claimed.origin !== origin) {
      throw new Alarm('ORIGIN_CHANGED', `The checkpoint is of ${JSON.stringify(claimed.origin)}, expected ${origin}.`);
    }
    const known = parsed.signatures.some(({ name, keyId }) =>
      verifiers.some((verifier) => verifier.name === name && verifier.keyId === keyId),
    );
    if (!known && parsed.signatures.some(({ name }) => name === origin)) {
      throw new Alarm('KEY_CHANGED', `The checkpoint is signed by another key of the name ${origin}.`);
    }
    return openCheckpoint(note, origin, verifiers).checkpoint;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new Alarm(codeOf(error), error.message);
  }
}

function codeOf({ code }: TlogError): 'SIGNATURE_MISSING' | 'SIGNATURE_WRONG' | 'CHECKPOINT_MALFORMED' {
  if (code === 'TLOG_NOTE_UNSIGNED') return 'SIGNATURE_MISSING';
  return code === 'TLOG_SIGNATURE_INVALID' ? 'SIGNATURE_WRONG' : 'CHECKPOINT_MALFORMED';
}

async function compare(following: Following, seen: SeenCheckpoint): Promise<void> {
  const { state } = following;
  const { head } = state;
  for (const known of knownOf(state)) {
    if (known.size === seen.size && !equalBytes(known.root, seen.root)) throw forked(following, known, seen);
  }
  if (head !== null && seen.size < head.size) return shrunk(following, head, seen);
  if (head?.size === seen.size) {
    // Cosignatures may have come since.
    state.head = { ...head, note: seen.note };
    return;
  }
  await extend(following, seen);
}

const knownOf = ({ head, unproven }: MonitorState): SeenCheckpoint[] =>
  head === null ? unproven : [head, ...unproven];

async function extend(following: Following, seen: SeenCheckpoint): Promise<void> {
  const { reader, state } = following;
  try {
    const tiles = await openTiles(reader, state.checked, seen);
    for (const known of knownOf(state)) {
      if (known.size <= seen.size) await mustExtend(following, known, seen, tiles);
    }
  } catch (error) {
    if (!isFork(error)) remember(state, seen);
    throw error;
  }
  state.unproven = state.unproven.filter(({ size }) => size > seen.size);
  state.sizes = thinned([...state.sizes, { size: seen.size, at: seen.at }]);
  state.head = seen;
}

const isFork = (error: unknown): boolean => error instanceof Alarm && error.code === 'FORKED';

/** A signed checkpoint is kept although its tree could not be read: a later one must extend it too. */
function remember(state: MonitorState, seen: SeenCheckpoint): void {
  if (state.unproven.some(({ size }) => size === seen.size)) return;
  // The first and the newest say most.
  const [first, ...later] = [...state.unproven, seen];
  state.unproven = [first!, ...later.slice(-(MOST_UNPROVEN - 1))];
}

async function mustExtend(
  following: Following,
  known: SeenCheckpoint,
  seen: SeenCheckpoint,
  tiles: VerifiedTiles,
): Promise<void> {
  const root = await tileFaults(() => tiles.prefixRoot(known.size));
  if (equalBytes(root, known.root)) return;
  const proof = await tileFaults(() => tiles.consistency(known.size));
  throw forked(following, known, seen, { root, proof });
}

function evidenceOf(
  kind: Evidence['kind'],
  { state, reader }: Following,
  smaller: SeenCheckpoint,
  larger: SeenCheckpoint,
): Evidence {
  const { origin, keys } = state.pinned;
  return { kind, origin, keys, notes: [smaller, larger].map(({ note, at }) => ({ note, at, from: reader.name })) };
}

function forked(
  following: Following,
  known: SeenCheckpoint,
  seen: SeenCheckpoint,
  prefix?: NonNullable<Evidence['prefix']>,
): Alarm {
  const [smaller, larger] = known.size <= seen.size ? [known, seen] : [seen, known];
  const message =
    smaller.size === larger.size
      ? `Two signed checkpoints of ${seen.size} entries have different roots.`
      : `The signed checkpoint of ${larger.size} entries does not extend the one of ${smaller.size}.`;
  const evidence = evidenceOf('fork', following, smaller, larger);
  return new Alarm('FORKED', message, prefix === undefined ? evidence : { ...evidence, prefix });
}

/** A smaller tree than before: an old copy, or entries were taken away. Another history in it is a fork. */
async function shrunk(following: Following, head: SeenCheckpoint, seen: SeenCheckpoint): Promise<void> {
  const { reader, findings, state } = following;
  const evidence = evidenceOf('shrunk', following, seen, head);
  findings.alarm('SHRUNK', `The log has ${seen.size} entries, it had ${head.size}.`, evidence);
  try {
    const tiles = await openTiles(reader, state.checked, head);
    const root = await tileFaults(() => tiles.prefixRoot(seen.size));
    if (seen.size === 0 || equalBytes(root, seen.root)) return;
    const proof = await tileFaults(() => tiles.consistency(seen.size));
    throw forked(following, head, seen, { root, proof });
  } catch (error) {
    // The larger tree is often gone with its checkpoint; that the log shrank is said already.
    if (!(error instanceof Alarm) || isFork(error)) throw error;
  }
}

const MOST_SIZES = 1000;

/** When entries came is needed for overdue anchors; in a long list every other one is enough. */
function thinned(sizes: MonitorState['sizes']): MonitorState['sizes'] {
  return sizes.length <= MOST_SIZES ? sizes : sizes.filter((_, i) => i % 2 === 0 || i === sizes.length - 1);
}
