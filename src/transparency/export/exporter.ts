import { equalBytes } from '../../domain/bytes.js';
import { type Checkpoint, entryBundlePath, parseCheckpoint, parseNote, tilePath } from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';
import {
  cosignedNote,
  latestPublished,
  type PublishedCheckpoint,
  publishedCovering,
} from '../checkpoint/checkpoint.store.js';
import { leafHashesOf } from '../log/hashing.js';
import { ENTRY_SIZE, logState, readEntries } from '../log/log.store.js';
import type { LogReader } from '../log/log-reader.js';
import { bundleOf } from '../log/published-log.js';
import { ExportError, type ExportTarget } from './export-target.js';
import { edgeTiles, GrowingTree } from '../log/growing-tree.js';

/** Entries after which the copy's checkpoint is moved on, where one was published in time: what a kill costs at most. */
const STEP = 131_072;
/** Entries that are read and written at once; whole bundles. */
const BATCH = 16_384;

const IMMUTABLE = {
  contentType: 'application/octet-stream',
  cacheControl: 'public, max-age=31536000, immutable',
} as const;
const CHECKPOINT = { contentType: 'text/plain; charset=utf-8', cacheControl: 'no-cache' } as const;

/** Whether this process may go on: asked often. */
type GoOn = () => Promise<boolean> | boolean;

/** What is done: entries of the copy's checkpoint. */
export interface Exported {
  readonly size: number;
  /** False where the copy was up to date. */
  readonly changed: boolean;
}

/**
 * Keeps a static copy of a log: every full tile and entry bundle, the partial ones of each checkpoint that it is moved to, and
 * that checkpoint last, so that a reader never sees one whose tiles are missing. Every hash is computed from the entries
 * again, and nothing is shown that does not lead to the signed root. Where to go on it learns from the copy itself.
 */
export class Exporter {
  constructor(
    private readonly sql: Queryable,
    private readonly reader: LogReader,
    private readonly log: number,
    private readonly target: ExportTarget,
  ) {}

  /**
   * Moves the copy to the newest published checkpoint; stops early, between two batches, when `goOn` says no. Throws ExportError.
   */
  async export(goOn: GoOn = () => true): Promise<Exported> {
    const newest = await latestPublished(this.sql, this.log);
    let held = await this.held();
    let changed = false;
    if (newest === null) return { size: 0, changed };
    const tree = await this.treeOf(held, newest);
    while (held === null || held.size < newest.size || held.text !== cosignedNote(newest)) {
      const next = (await publishedCovering(this.sql, this.log, tree.size + STEP, newest.size)) ?? newest;
      if (!(await this.bring(tree, next, goOn)) || !(await goOn())) break;
      held = await this.move(held, next);
      changed = true;
    }
    return { size: held?.size ?? 0, changed };
  }

  /** The copy's checkpoint. Its signature does not matter: its root is compared with our own. */
  private async held(): Promise<Held | null> {
    const bytes = await this.target.read('checkpoint');
    if (bytes === null) return null;
    const text = Buffer.from(bytes).toString();
    try {
      return { ...parseCheckpoint(parseNote(text).text), text };
    } catch (cause) {
      const message = `${this.target.place} holds something else than a checkpoint: ${(cause as Error).message}`;
      throw new ExportError('EXPORT_TARGET_UNREADABLE', message, {}, cause);
    }
  }

  /** Throws unless the copy is of this log, and of its beginning. */
  private async treeOf(held: Held | null, newest: PublishedCheckpoint): Promise<GrowingTree> {
    if (held === null) return new GrowingTree(0, []);
    const origin = (await logState(this.sql, this.log))?.origin;
    const { place } = this.target;
    if (held.origin !== origin) {
      throw new ExportError('EXPORT_OTHER_LOG', `${place} is a copy of ${held.origin}, this log is ${origin}.`, {
        expected: origin,
        got: held.origin,
      });
    }
    if (held.size > newest.size) {
      const message = `${place} has ${held.size} entries, more than the ${newest.size} that this log has published.`;
      throw new ExportError('EXPORT_NOT_A_PREFIX', message, { held: held.size, published: newest.size });
    }
    if (!equalBytes(await this.reader.root(this.log, held.size), held.root)) {
      const message = `${place} has another root than this log at ${held.size} entries: one of them was rewritten.`;
      throw new ExportError('EXPORT_NOT_A_PREFIX', message, { held: held.size, published: newest.size });
    }
    return this.treeAt(held.size);
  }

  private async treeAt(size: number): Promise<GrowingTree> {
    const edge = edgeTiles(size).map(async (tile) => {
      const hashes = await this.reader.tile(this.log, tile.level, tile.index, tile.width);
      if (hashes === null) throw this.damaged(size, `tile ${tile.level}/${tile.index} is missing`);
      return { tile, hashes };
    });
    return new GrowingTree(size, await Promise.all(edge));
  }

  /**
   * Writes everything that a reader of `next` may ask for and the copy does not have yet, but the checkpoint. False where it
   * was stopped.
   */
  private async bring(tree: GrowingTree, next: PublishedCheckpoint, goOn: GoOn): Promise<boolean> {
    while (tree.size < next.size) {
      if (!(await goOn())) return false;
      const from = tree.size - (tree.size % 256);
      const entries = await readEntries(this.sql, this.log, from, Math.min(next.size, from + BATCH));
      const full = tree.grow(leafHashesOf(entries.subarray((tree.size - from) * ENTRY_SIZE)));
      const complete = tree.size === next.size;
      if (complete && !equalBytes(tree.root(), next.root)) {
        throw this.damaged(next.size, 'its entries do not lead to the signed root');
      }
      await this.writeAll([
        ...bundlesOf(entries, from, complete),
        ...[...full, ...(complete ? tree.edge : [])].map(({ tile, hashes }) => ({
          path: tilePath(tile),
          bytes: hashes,
        })),
      ]);
    }
    return true;
  }

  private async writeAll(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
    const rest = [...files].reverse();
    const lane = async (): Promise<void> => {
      for (let file = rest.pop(); file !== undefined; file = rest.pop()) {
        await this.target.write(file.path, file.bytes, IMMUTABLE).catch((error: unknown) => {
          rest.length = 0;
          throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: this.target.parallel }, lane));
  }

  /** Shows the new checkpoint, unless somebody else has moved the copy in the meantime: it must never go back. */
  private async move(before: Held | null, next: PublishedCheckpoint): Promise<Held> {
    const now = await this.held();
    if (now?.text !== before?.text) {
      const message = `${this.target.place} was moved by somebody else, from ${before?.size ?? 0} to ${now?.size ?? 0} entries.`;
      throw new ExportError('EXPORT_TARGET_MOVED', message);
    }
    const text = cosignedNote(next);
    await this.target.settle();
    await this.target.write('checkpoint', Buffer.from(text), CHECKPOINT);
    await this.target.settle();
    return { ...parseCheckpoint(parseNote(text).text), text };
  }

  private damaged(size: number, why: string): ExportError {
    return new ExportError('EXPORT_LOG_DAMAGED', `Log ${this.log} is not exported up to ${size} entries: ${why}.`, {
      size,
    });
  }
}

interface Held extends Checkpoint {
  /** The signed note. */
  readonly text: string;
}

/** The entry bundles of packed entries from index `from` on, which begins one; the last only where it is full or `partial`. */
function bundlesOf(entries: Uint8Array, from: number, partial: boolean): { path: string; bytes: Uint8Array }[] {
  const bundles = [];
  for (let at = 0; at < entries.length; at += 256 * ENTRY_SIZE) {
    const packed = entries.subarray(at, at + 256 * ENTRY_SIZE);
    const width = packed.length / ENTRY_SIZE;
    if (width < 256 && !partial) continue;
    const index = from / 256 + at / (256 * ENTRY_SIZE);
    bundles.push({ path: entryBundlePath({ index, width }), bytes: bundleOf(packed) });
  }
  return bundles;
}
