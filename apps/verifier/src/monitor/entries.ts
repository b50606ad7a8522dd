import { equalBytes } from '../../../../src/domain/bytes.js';
import { HASH_SIZE } from '../../../../src/domain/tlog/hashing.js';
import { entryBundlePath, tilePath } from '../../../../src/domain/tlog/tile-path.js';
import { TILE_WIDTH } from '../../../../src/domain/tlog/tile.js';
import { Frontier } from '../../../../src/domain/tlog/tree.js';
import type { VerifiedTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import { tileFaults } from './follow.js';
import { Alarm, type Findings } from './findings.js';
import { fastHasher, leafHashes } from './hasher.js';
import { inOrder, integers } from './in-order.js';
import type { LogReader } from './log-reader.js';
import type { MonitorState } from './state.js';

export interface EntriesWork {
  readonly reader: LogReader;
  readonly tiles: VerifiedTiles;
  readonly state: MonitorState;
  readonly findings: Findings;
  /** Called from time to time, so that a monitor that dies goes on from there. */
  readonly save: () => Promise<void>;
  /** True when this round has read enough. */
  readonly enough: () => boolean;
}

const SAVE_EVERY_MS = 2_000;
const MOST_PARALLEL = 24;
/** Bundles that are read ahead hold at most about this many bytes. */
const READ_AHEAD_BYTES = 32 * 2 ** 20;

/**
 * Reads every entry that was not checked yet, compares its leaf hash with the tiles of the tree, and moves
 * `state.checked` on. Throws an Alarm at the first that differs.
 */
export async function checkEntries({ reader, tiles, state, findings, save, enough }: EntriesWork): Promise<void> {
  const frontier = Frontier.of(state.checked.size, state.checked.frontier, fastHasher);
  await mustBePrefix(frontier, tiles);
  const pace = new Pace();
  const versions = new Versions();
  const indexes = integers(Math.floor(frontier.size / TILE_WIDTH), Math.ceil(tiles.size / TILE_WIDTH));
  const read = (index: number) => readPiece(reader, tiles, index, pace);
  let saved = Date.now();
  try {
    for await (const { index, entries, leaves } of inOrder(indexes, () => pace.parallel, read)) {
      const known = frontier.size - index * TILE_WIDTH;
      entries.slice(known).forEach((entry) => versions.count(entry));
      frontier.appendPacked(leaves.subarray(known * HASH_SIZE));
      if (Date.now() - saved < SAVE_EVERY_MS) continue;
      state.checked = { size: frontier.size, frontier: frontier.hashes };
      await save();
      saved = Date.now();
      if (enough()) break;
    }
  } finally {
    state.checked = { size: frontier.size, frontier: frontier.hashes };
    versions.tell(findings);
  }
  if (frontier.size < tiles.size) {
    findings.note('ENTRIES_LEFT', `${frontier.size} of ${tiles.size} entries are checked; the next look goes on.`);
  } else if (!equalBytes(frontier.root(), tiles.root)) {
    throw new Alarm('WRONG_ROOT', `The ${tiles.size} entries do not lead to the root of the checkpoint.`);
  }
}

async function mustBePrefix(frontier: Frontier, tiles: VerifiedTiles): Promise<void> {
  const root = await tileFaults(() => tiles.prefixRoot(frontier.size));
  if (equalBytes(root, frontier.root())) return;
  throw new Alarm('WRONG_ROOT', `The tree does not hold the ${frontier.size} entries that were checked before.`);
}

interface Piece {
  readonly index: number;
  readonly entries: readonly Uint8Array[];
  readonly leaves: Uint8Array;
}

async function readPiece(reader: LogReader, tiles: VerifiedTiles, index: number, pace: Pace): Promise<Piece> {
  const width = Math.min(TILE_WIDTH, tiles.size - index * TILE_WIDTH);
  const [{ entries, bytes }, expected] = await Promise.all([
    reader.bundle({ index, width }),
    tileFaults(() => tiles.tile(0, index)),
  ]);
  pace.saw(bytes);
  const leaves = leafHashes(entries);
  if (!equalBytes(leaves, expected)) throw wrongEntry(index, width, leaves, expected);
  return { index, entries, leaves };
}

function wrongEntry(index: number, width: number, leaves: Uint8Array, expected: Uint8Array): Alarm {
  const at = leaves.findIndex((byte, i) => byte !== expected[i]);
  const entry = index * TILE_WIDTH + Math.floor(at / HASH_SIZE);
  const place = { index, width };
  const paths = `${entryBundlePath(place)} and ${tilePath({ level: 0, ...place })}`;
  return new Alarm('ENTRY_WRONG', `Entry ${entry} is not the one that the tree holds (${paths}).`);
}

/** How many bundles are read at once: more and more, unless they are large. */
class Pace {
  private read = 0;
  private largest = 1;

  saw(bytes: number): void {
    this.read++;
    this.largest = Math.max(this.largest, bytes);
  }

  get parallel(): number {
    const fits = Math.floor(READ_AHEAD_BYTES / this.largest);
    return Math.max(1, Math.min(MOST_PARALLEL, 2 + this.read, fits));
  }
}

/** docs/formats/log-entry.md: events, batches of the access trail, erasures. All are as long. */
const KNOWN_VERSIONS: ReadonlySet<number> = new Set([0x01, 0x02, 0x03]);
const ENTRY_LENGTH = 33;

/** Counts entries of forms that this monitor does not know; another log's are all of that kind. */
class Versions {
  private unknown = 0;
  private odd = 0;

  count(entry: Uint8Array): void {
    const [version] = entry;
    if (version === undefined || !KNOWN_VERSIONS.has(version)) this.unknown++;
    else if (entry.length !== ENTRY_LENGTH) this.odd++;
  }

  tell(findings: Findings): void {
    if (this.unknown > 0) {
      findings.note(
        'ENTRY_VERSION_UNKNOWN',
        `${this.unknown} new entries begin with a version that is not known here.`,
      );
    }
    if (this.odd > 0) findings.note('ENTRY_ODD', `${this.odd} new entries have not the length of their version.`);
  }
}
