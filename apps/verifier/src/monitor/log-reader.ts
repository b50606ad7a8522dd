import { TlogError } from '../../../../src/domain/tlog/errors.js';
import { decodeEntryBundle, MAX_ENTRY_SIZE } from '../../../../src/domain/tlog/entry-bundle.js';
import { HASH_SIZE } from '../../../../src/domain/tlog/hashing.js';
import { type EntryBundle, entryBundlePath, tilePath } from '../../../../src/domain/tlog/tile-path.js';
import { TILE_WIDTH, type Tile } from '../../../../src/domain/tlog/tile.js';
import { Alarm, Unreachable } from './findings.js';
import type { Source } from './source.js';

const LONGEST_CHECKPOINT = 1_000_000;
const LONGEST_TILE = TILE_WIDTH * HASH_SIZE;
const LONGEST_BUNDLE = TILE_WIDTH * (2 + MAX_ENTRY_SIZE);

/** Entries of a bundle, and how many bytes it had. */
export interface ReadBundle {
  readonly entries: readonly Uint8Array[];
  readonly bytes: number;
}

/** Reads a log of c2sp.org/tlog-tiles. What is missing or of a wrong form is an Alarm that names the path. */
export class LogReader {
  constructor(private readonly source: Source) {}

  get name(): string {
    return this.source.name;
  }

  /** The text of the checkpoint, not checked. Throws Unreachable where there is none. */
  async checkpoint(): Promise<string> {
    const fetched = await this.source.get('checkpoint', LONGEST_CHECKPOINT);
    if (fetched.kind === 'missing') throw new Unreachable(`${this.source.name}/checkpoint does not exist`);
    if (fetched.kind === 'too-long') {
      throw new Alarm('CHECKPOINT_MALFORMED', `The checkpoint is longer than ${LONGEST_CHECKPOINT} bytes.`);
    }
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fetched.bytes);
    } catch {
      throw new Alarm('CHECKPOINT_MALFORMED', 'The checkpoint is not UTF-8.');
    }
  }

  /** The packed hashes of a tile, of the length that its width asks for. */
  async tile(tile: Tile): Promise<Uint8Array> {
    const bytes = await this.partialOrFull(tile, tilePath, LONGEST_TILE);
    if (bytes === 'missing') throw new Alarm('TILE_MISSING', `The tile ${tilePath(tile)} is missing.`);
    if (bytes === 'too-long') {
      throw new Alarm('TILE_WRONG', `The tile ${tilePath(tile)} is longer than ${LONGEST_TILE} bytes.`);
    }
    return bytes.full ? bytes.bytes.subarray(0, tile.width * HASH_SIZE) : bytes.bytes;
  }

  async bundle(bundle: EntryBundle): Promise<ReadBundle> {
    const path = entryBundlePath(bundle);
    const read = await this.partialOrFull(bundle, entryBundlePath, LONGEST_BUNDLE);
    if (read === 'missing') throw new Alarm('ENTRY_MISSING', `The entries ${path} are missing.`);
    if (read === 'too-long') throw new Alarm('ENTRY_WRONG', `The entries ${path} are longer than can be.`);
    try {
      const entries = decodeEntryBundle(read.bytes, read.full ? TILE_WIDTH : bundle.width);
      return { entries: entries.slice(0, bundle.width), bytes: read.bytes.length };
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      throw new Alarm('ENTRY_WRONG', `${path}: ${error.message}`);
    }
  }

  /** A log may delete a partial tile once the full one is there (c2sp.org/tlog-tiles, Partial Tiles). */
  private async partialOrFull<Place extends { readonly width: number }>(
    place: Place,
    path: (place: Place) => string,
    limit: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly full: boolean } | 'missing' | 'too-long'> {
    const fetched = await this.source.get(path(place), limit);
    if (fetched.kind === 'found') return { bytes: fetched.bytes, full: false };
    if (fetched.kind === 'too-long' || place.width === TILE_WIDTH) return fetched.kind;
    const full = await this.source.get(path({ ...place, width: TILE_WIDTH }), limit);
    return full.kind === 'found' ? { bytes: full.bytes, full: true } : full.kind;
  }
}
