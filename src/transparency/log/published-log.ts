import { encodeEntryBundle, tileAt, type TileResource } from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';
import { latestPublished, type PublishedCheckpoint } from '../checkpoint/checkpoint.store.js';
import { ENTRY_SIZE, readEntries } from './log.store.js';
import type { LogReader } from './log-reader.js';

/** The resources of one log as c2sp.org/tlog-tiles names them, up to the newest published checkpoint and no further. */
export class PublishedLog {
  /** A size that was once published: it only grows, so what lies below it needs no further look. */
  private known = 0;

  constructor(
    private readonly sql: Queryable,
    private readonly reader: LogReader,
    readonly log: number,
  ) {}

  /** The newest published checkpoint; null before the first. */
  async newest(): Promise<PublishedCheckpoint | null> {
    const newest = await latestPublished(this.sql, this.log);
    this.known = Math.max(this.known, newest?.size ?? 0);
    return newest;
  }

  /** The bytes of a tile or an entry bundle; null where no published tree has one of that place and width. */
  async read(resource: TileResource): Promise<Uint8Array | null> {
    if (!isWithin(resource, this.known)) {
      await this.newest();
      if (!isWithin(resource, this.known)) return null;
    }
    const { index, width } = resource;
    if (resource.kind === 'tile') return this.reader.tile(this.log, resource.level, index, width);
    return bundleOf(await readEntries(this.sql, this.log, index * 256, index * 256 + width));
  }
}

function isWithin(resource: TileResource, size: number): boolean {
  const widest = tileAt(resource.kind === 'tile' ? resource.level : 0, resource.index, size);
  return widest !== undefined && resource.width <= widest.width;
}

/** The entry bundle of packed entries. */
export function bundleOf(packed: Uint8Array): Uint8Array {
  const entries = [];
  for (let at = 0; at < packed.length; at += ENTRY_SIZE) entries.push(packed.subarray(at, at + ENTRY_SIZE));
  return encodeEntryBundle(entries);
}
