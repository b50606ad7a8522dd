import { TlogError } from './errors.js';
import { TILE_WIDTH, Tile } from './tile.js';

/** A bundle of log entries: the entries whose leaf hashes are in the level-0 tile of the same index and width. */
export interface EntryBundle {
  readonly index: number;
  readonly width: number;
}

/** `tile/L/N[.p/W]`, below the log's prefix (c2sp.org/tlog-tiles, Merkle Tree). */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${numberPath(index)}${widthSuffix(width)}`;
}

/** `tile/entries/N[.p/W]` (c2sp.org/tlog-tiles, Log entries). */
export function entryBundlePath({ index, width }: EntryBundle): string {
  return `tile/entries/${numberPath(index)}${widthSuffix(width)}`;
}

const PATH =
  /^tile\/(?<level>entries|0|[1-9][0-9]?)\/(?<number>(?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/(?<width>[1-9][0-9]{0,2}))?$/;
const HIGHEST_LEVEL = 63;

/** A tile or an entry bundle, as a path names it. */
export type TileResource = ({ readonly kind: 'tile' } & Tile) | ({ readonly kind: 'entries' } & EntryBundle);

/**
 * What a path names. Only the one spelling that `tilePath` and `entryBundlePath` write is accepted;
 * anything else is TLOG_TILE_INVALID.
 */
export function parseTilePath(path: string): TileResource {
  const parts = PATH.exec(path)?.groups;
  if (parts === undefined) throw invalidPath(path);
  const index = Number(parts['number']!.replace(/[x/]/g, ''));
  const width = parts['width'] === undefined ? TILE_WIDTH : Number(parts['width']);
  const partial = parts['width'] !== undefined;
  if (!Number.isSafeInteger(index) || (partial && width >= TILE_WIDTH)) throw invalidPath(path);
  if (parts['level'] === 'entries') return canonical(path, { kind: 'entries', index, width });
  const level = Number(parts['level']);
  if (level > HIGHEST_LEVEL) throw invalidPath(path);
  return canonical(path, { kind: 'tile', level, index, width });
}

function canonical(path: string, resource: TileResource): TileResource {
  const written = resource.kind === 'tile' ? tilePath(resource) : entryBundlePath(resource);
  if (written !== path) throw invalidPath(path);
  return resource;
}

function invalidPath(path: string): TlogError {
  return new TlogError('TLOG_TILE_INVALID', `Expected tile/L/N, tile/entries/N or one with .p/W, got "${path}".`, {
    path,
  });
}

/** 1234067 is `x001/x234/067`. */
function numberPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/[0-9]{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

const widthSuffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);
