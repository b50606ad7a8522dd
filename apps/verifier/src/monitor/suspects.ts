import { equalBytes } from '../../../../src/domain/bytes.js';
import { HASH_SIZE } from '../../../../src/domain/tlog/hashing.js';
import { nodesOfRange } from '../../../../src/domain/tlog/node.js';
import { tilePath } from '../../../../src/domain/tlog/tile-path.js';
import { tileOfNode, TILE_WIDTH } from '../../../../src/domain/tlog/tile.js';
import { Frontier, packedRoot } from '../../../../src/domain/tlog/tree.js';
import { edgeTiles } from '../../../../src/domain/tlog/verified-tiles.js';
import { Alarm } from './findings.js';
import { fastHasher, leafHashes } from './hasher.js';
import { inOrder, integers } from './in-order.js';
import type { LogReader } from './log-reader.js';
import type { CheckedEntries } from './state.js';

const MOST_ENTRIES = 100_000;
const PARALLEL = 4;

/**
 * The path of the tile at the right edge that is wrong, where the entries alone lead to the signed root; undefined where
 * they do not, or are too many to read for this.
 */
export async function entriesExplain(
  reader: LogReader,
  checked: CheckedEntries,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
): Promise<string | undefined> {
  if (size < checked.size || size - checked.size > MOST_ENTRIES) return undefined;
  try {
    const frontier = await grown(reader, checked, size);
    return equalBytes(frontier.root(), root) ? await wrongTile(reader, size, frontier.hashes) : undefined;
  } catch (error) {
    if (error instanceof Alarm) return undefined;
    throw error;
  }
}

async function grown(reader: LogReader, checked: CheckedEntries, size: number): Promise<Frontier> {
  const frontier = Frontier.of(checked.size, checked.frontier, fastHasher);
  const bundles = integers(Math.floor(checked.size / TILE_WIDTH), Math.ceil(size / TILE_WIDTH));
  const read = async (index: number) => {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    return { index, leaves: leafHashes((await reader.bundle({ index, width })).entries) };
  };
  for await (const { index, leaves } of inOrder(bundles, () => PARALLEL, read)) {
    frontier.appendPacked(leaves.subarray((frontier.size - index * TILE_WIDTH) * HASH_SIZE));
  }
  return frontier;
}

async function wrongTile(reader: LogReader, size: number, edge: readonly Uint8Array[]): Promise<string | undefined> {
  const nodes = nodesOfRange({ start: 0, end: size }).map((node, i) => ({ ...tileOfNode(node, size), hash: edge[i]! }));
  for (const tile of edgeTiles(size)) {
    const served = await reader.tile(tile);
    if (served.length !== tile.width * HASH_SIZE) return tilePath(tile);
    const wrong = nodes.some(
      ({ tile: { level }, start, end, hash }) =>
        level === tile.level &&
        !equalBytes(packedRoot(served.subarray(start * HASH_SIZE, end * HASH_SIZE), fastHasher), hash),
    );
    if (wrong) return tilePath(tile);
  }
  return undefined;
}
