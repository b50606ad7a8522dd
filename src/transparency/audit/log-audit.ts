import { bytesToHex, equalBytes } from '../../domain/bytes.js';
import { commitEvent } from '../../domain/receipt/commitment.js';
import { eventEntry } from '../../domain/receipt/check.js';
import {
  Frontier,
  type NoteVerifier,
  type TileData,
  emptyRoot,
  growTiles,
  leafHash,
  openCheckpoint,
} from '../../domain/tlog/index.js';
import type { Queryable } from '../../platform/database/database.js';
import { fastTreeHasher } from '../log/hashing.js';
import { logState } from '../log/log.store.js';
import { basePosition } from '../log/position.js';
import { readTiles, treeState } from '../log/tile.store.js';
import { readerOf } from '../log/growing-tree.js';
import { kindOfEntry } from '../log/append.store.js';
import {
  type AuditedBatch,
  type AuditedErasure,
  type AuditedRow,
  auditedBatches,
  auditedCheckpoints,
  auditedErasures,
  auditedRows,
  rowsBehind,
} from './audit.store.js';
import type { ChainAnchor } from './chain-anchors.js';
import { faultOfErasure, seenErasure } from './erasure-audit.js';
import type { ErasedEventSeen, Finding } from './finding.js';
import { type Misplaced, explain } from './misplaced.js';
import { faultOfBatch } from './trail-audit.js';

const BATCH = 4096;

/** What to compare one log with. */
export interface LogAuditOptions {
  readonly log: number;
  /** Checks checkpoint signatures; without it they are not asked. */
  readonly verifier: NoteVerifier | null;
  readonly anchors: readonly ChainAnchor[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the pass over one log saw. */
export interface LogAuditResult {
  readonly origin: string;
  readonly entries: number;
  readonly events: number;
  readonly erased: readonly ErasedEventSeen[];
  readonly trailBatches: number;
  readonly trailForgotten: number;
  readonly integrated: number;
  readonly checkpoints: number;
  readonly findings: readonly Finding[];
}

/**
 * One pass over a log, in batches: every event is committed to again and compared with its entry and its leaf in the
 * tiles, every tile is computed again from the leaves, and every checkpoint's and every anchor's root is compared with
 * the tree at its size. `tx` is one read-only snapshot, so it may run beside a server.
 */
export class LogAudit {
  private readonly findings: Finding[] = [];
  private readonly misplaced: Misplaced[] = [];
  private readonly frontier = Frontier.empty(fastTreeHasher);
  /** The partial tile at the right edge of each level, as computed. */
  private readonly edge = new Map<number, TileData>();
  private lastGood = 0;
  private forked = false;
  private checkpoints = 0;
  private origin = '';
  private integrated = 0;
  private events = 0;
  private readonly erased: ErasedEventSeen[] = [];
  /** Where erasures were logged whose records do not hold. */
  private readonly faulty = new Set<number>();
  private trailBatches = 0;
  private trailForgotten = 0;

  constructor(
    private readonly tx: Queryable,
    private readonly options: LogAuditOptions,
  ) {}

  async run(): Promise<LogAuditResult> {
    const { log, anchors } = this.options;
    const state = await logState(this.tx, log);
    if (state === null) throw new Error(`There is no log ${log}.`);
    this.origin = state.origin;
    this.integrated = state.integrated;
    for (let from = 0; from < state.size; from += BATCH) {
      await this.batch(from, Math.min(state.size, from + BATCH));
      this.options.onProgress?.(Math.min(state.size, from + BATCH), state.size);
    }
    await this.compareTree();
    await this.compareBehind(state.size);
    for (const { size } of anchors.filter((anchor) => anchor.size > state.integrated)) {
      this.add(
        'CHAIN_AHEAD',
        `The chain vouches for ${size} entries, the log has ${state.integrated} in its tree: it was cut.`,
      );
    }
    this.findings.unshift(...explain(this.misplaced));
    const { origin, checkpoints, findings, events, erased, trailBatches, trailForgotten } = this;
    const seen = { entries: state.size, events, erased, trailBatches, trailForgotten };
    return { origin, ...seen, integrated: state.integrated, checkpoints, findings };
  }

  private add(code: Finding['code'], message: string, position?: number): void {
    this.findings.push({ code, message, ...(position !== undefined && { position }) });
  }

  private async batch(from: number, to: number): Promise<void> {
    const { log } = this.options;
    const inTree = Math.max(from, Math.min(to, this.integrated));
    const leaves = await this.leavesOf(from, inTree);
    const rows = new Map(
      (await auditedRows(this.tx, log, from, to)).map((row) => [row.position - basePosition(log), row]),
    );
    const batch = await this.otherThanEvents(from, to);
    for (let index = from; index < to; index++) {
      const at = (index - from) * 32;
      await this.compareEntry(index, rows.get(index), index < inTree ? leaves.subarray(at, at + 32) : null, batch);
    }
    await this.compareTiles(from, leaves);
    await this.compareRoots(from, inTree, leaves);
  }

  /** Leaf hashes as the level-0 tiles have them; a missing tile is reported, and its leaves are those of the entries. */
  private async leavesOf(from: number, to: number): Promise<Uint8Array> {
    const leaves = new Uint8Array((to - from) * 32);
    for (let at = from; at < to; at += 256) {
      const index = at / 256;
      const width = Math.min(256, to - at);
      const [stored] = await readTiles(this.tx, this.options.log, [{ level: 0, index }]);
      const short = stored === undefined || stored.hashes.length < width * 32;
      if (short) this.add('TILE_MISSING', `Tile 0/${index} with the leaves ${at} to ${at + width - 1} is not there.`);
      leaves.set(
        short ? await this.leavesOfEntries(at, width) : stored.hashes.subarray(0, width * 32),
        (at - from) * 32,
      );
    }
    return leaves;
  }

  private async leavesOfEntries(at: number, width: number): Promise<Uint8Array> {
    const { log } = this.options;
    const leaves = new Uint8Array(width * 32);
    for (const { position, entry } of await auditedRows(this.tx, log, at, at + width)) {
      if (entry !== null) leaves.set(leafHash(entry), (position - basePosition(log) - at) * 32);
    }
    return leaves;
  }

  private async otherThanEvents(from: number, to: number): Promise<OtherThanEvents> {
    const { log } = this.options;
    const erasures = await auditedErasures(this.tx, log, from, to);
    const batches = await auditedBatches(this.tx, log, from, to);
    return {
      erasures: new Map(erasures.map((each) => [each.position, each])),
      loggedErasures: new Map(erasures.map((each) => [each.loggedIn, each])),
      batches: new Map(batches.map((each) => [each.position, each])),
    };
  }

  private async compareEntry(
    index: number,
    row: AuditedRow | undefined,
    logged: Uint8Array | null,
    others: OtherThanEvents,
  ): Promise<void> {
    const position = basePosition(this.options.log) + index;
    const entry = row?.entry ?? null;
    if (entry === null) this.add('ENTRY_REMOVED', `The log entry at position ${position} was removed.`, position);
    else if (logged !== null && !equalBytes(leafHash(entry), logged)) {
      this.add('ENTRY_CHANGED', `The log entry at position ${position} is not the one in the tiles.`, position);
    }
    if (entry === null && (others.batches.has(position) || others.loggedErasures.has(position))) return;
    const kind = entry === null || (row?.commitment ?? null) !== null ? 'event' : kindOfEntry(entry);
    if (kind === 'event') this.compareEvent(position, row, logged, others);
    else if (kind === 'erasure') this.compareErasure(position, others.loggedErasures.get(position));
    else if (kind === 'trail') await this.compareBatch(position, entry!, others.batches.get(position));
    else
      this.add('ENTRY_UNKNOWN', `The log entry at position ${position} is of a version that is not known.`, position);
  }

  private compareErasure(position: number, erasure: AuditedErasure | undefined): void {
    if (erasure === undefined) {
      this.add('ERASURE_MISSING', `The erasure that was logged at position ${position} has no record.`, position);
    } else this.faultFound(erasure);
  }

  /** Whether the record of an erasure holds: asked where the event was and where the record was logged, found once. */
  private faultFound(erasure: AuditedErasure): boolean {
    const { position, loggedIn } = erasure;
    const why = faultOfErasure(erasure);
    if (why === undefined) return false;
    if (!this.faulty.has(loggedIn)) {
      this.add('ERASURE_CHANGED', `The erasure of the event at position ${position} does not hold: ${why}.`, position);
    }
    this.faulty.add(loggedIn);
    return true;
  }

  private async compareBatch(position: number, entry: Uint8Array, batch: AuditedBatch | undefined): Promise<void> {
    this.trailBatches += 1;
    if (batch === undefined) {
      this.add(
        'TRAIL_MISSING',
        `The batch of the access trail that was logged at position ${position} is gone.`,
        position,
      );
      return;
    }
    if (batch.secret === null) this.trailForgotten += 1;
    const fault = await faultOfBatch(this.tx, batch, entry);
    if (fault) {
      this.add(
        fault.code,
        `The batch of the access trail at position ${position} does not hold: ${fault.why}.`,
        position,
      );
    }
  }

  /** True where the event's record of erasure holds; what does not is found. */
  private isErased(position: number, row: AuditedRow | undefined, erasure: AuditedErasure | undefined): boolean {
    if (erasure === undefined) return false;
    if (this.faultFound(erasure)) return row?.body == null;
    if (row?.body != null || row?.secret != null) {
      this.add(
        'ERASURE_UNDONE',
        `The event at position ${position} was erased, and its content is here again.`,
        position,
      );
    } else this.erased.push(seenErasure(erasure));
    return row?.body == null;
  }

  private compareEvent(
    position: number,
    row: AuditedRow | undefined,
    logged: Uint8Array | null,
    others: OtherThanEvents,
  ): void {
    this.events += 1;
    const entry = row?.entry ?? null;
    const expected = logged ?? (entry === null ? null : leafHash(entry));
    if (this.isErased(position, row, others.erasures.get(position))) {
      if (row?.commitment == null || !isLogged(row.commitment, expected)) {
        this.add(
          'COMMITMENT_CHANGED',
          `The commitment of the erased event at position ${position} is not the logged one.`,
          position,
        );
      }
      return;
    }
    if (row?.body == null || row.secret === null) {
      this.add('EVENT_REMOVED', `The event at position ${position} was removed.`, position);
      return;
    }
    const commitment = recommit(row.body, row.secret);
    const found = commitment === null ? null : leafHash(eventEntry(commitment));
    if (found === null || expected === null || !equalBytes(found, expected)) {
      const hex = (leaf: Uint8Array | null) => (leaf === null ? null : bytesToHex(leaf));
      this.misplaced.push({ position, eventId: eventIdIn(row.body), found: hex(found), logged: hex(expected) });
    } else if (row.commitment === null || !equalBytes(commitment!, row.commitment)) {
      this.add(
        'COMMITMENT_CHANGED',
        `The stored commitment of the event at position ${position} is not its own.`,
        position,
      );
    }
  }

  /** Full tiles above level 0 as they are completed; the right edge is compared at the end. */
  private async compareTiles(from: number, leaves: Uint8Array): Promise<void> {
    if (leaves.length === 0) return;
    const grown = growTiles(from, leaves, readerOf([...this.edge.values()]), fastTreeHasher);
    for (const each of grown) {
      if (each.tile.width < 256) this.edge.set(each.tile.level, each);
      else this.edge.delete(each.tile.level);
    }
    const last = from + leaves.length / 32 === this.integrated;
    const expected = grown.filter(({ tile }) => tile.level > 0 && tile.width === 256);
    if (last) expected.push(...[...this.edge.values()].filter(({ tile }) => tile.level > 0));
    const stored = readerOf(
      await readTiles(
        this.tx,
        this.options.log,
        expected.map(({ tile }) => tile),
      ),
    );
    for (const { tile, hashes } of expected) {
      const found = stored(tile);
      if (found !== undefined && equalBytes(found, hashes)) continue;
      this.add(
        found === undefined ? 'TILE_MISSING' : 'TILE_CHANGED',
        `Tile ${tile.level}/${tile.index} is not what its leaves lead to.`,
      );
    }
  }

  private async compareRoots(from: number, to: number, leaves: Uint8Array): Promise<void> {
    const checkpoints = await auditedCheckpoints(this.tx, this.options.log, from, to);
    const anchors = this.options.anchors.filter(({ size }) => size > from && size <= to);
    const sizes = [...new Set([...checkpoints, ...anchors].map(({ size }) => size))].sort((a, b) => a - b);
    let at = from;
    for (const size of sizes) {
      this.frontier.appendPacked(leaves.subarray((at - from) * 32, (size - from) * 32));
      at = size;
      const root = this.frontier.root();
      for (const checkpoint of checkpoints.filter((each) => each.size === size))
        this.compareCheckpoint(checkpoint, root);
      for (const anchor of anchors.filter((each) => each.size === size)) this.compareAnchor(anchor, root);
    }
    this.frontier.appendPacked(leaves.subarray((at - from) * 32, (to - from) * 32));
  }

  private compareCheckpoint(
    { size, root, note }: { size: number; root: Uint8Array; note: string },
    computed: Uint8Array,
  ): void {
    this.checkpoints += 1;
    const { verifier } = this.options;
    let signed: Uint8Array = root;
    if (verifier !== null) {
      try {
        const { checkpoint } = openCheckpoint(note, this.origin, [verifier]);
        if (checkpoint.size !== size) throw new Error(`it is of ${checkpoint.size} entries`);
        signed = checkpoint.root;
      } catch (error) {
        this.add(
          'CHECKPOINT_SIGNATURE',
          `The checkpoint of ${size} entries is not one that the log signed: ${(error as Error).message}`,
        );
      }
    }
    if (equalBytes(signed, computed) && equalBytes(root, computed)) return;
    this.fork('CHECKPOINT_WRONG', size, 'the signed checkpoint');
  }

  private compareAnchor({ size, root }: ChainAnchor, computed: Uint8Array): void {
    if (root !== bytesToHex(computed)) this.fork('CHAIN_MISMATCH', size, 'the chain');
    else if (!this.forked) this.lastGood = size;
  }

  /** From the first root that differs on all others do too: the first names the range. */
  private fork(code: 'CHECKPOINT_WRONG' | 'CHAIN_MISMATCH', size: number, who: string): void {
    if (this.findings.some((finding) => finding.code === code)) return;
    this.forked = true;
    this.add(
      code,
      `The tree of ${size} entries is not the one of ${who}: an entry from ${this.lastGood} to ${size - 1} was changed.`,
    );
  }

  private async compareTree(): Promise<void> {
    const tree = await treeState(this.tx, this.options.log);
    const stored = tree?.root ?? emptyRoot();
    if (equalBytes(stored, this.frontier.root())) return;
    this.add('TREE_WRONG', `The stored root of the ${this.integrated} entries is not the one of the tiles.`);
  }

  private async compareBehind(size: number): Promise<void> {
    for (const { position, event } of await rowsBehind(this.tx, this.options.log, size)) {
      const what = event ? 'an event' : 'a log entry';
      const message = `There is ${what} at position ${position}, and the log ends before it: it was put in.`;
      this.add(event ? 'EVENT_INSERTED' : 'ENTRY_INSERTED', message, position);
    }
  }
}

/** What stands in a range of the log beside events, by position. */
interface OtherThanEvents {
  readonly erasures: ReadonlyMap<number, AuditedErasure>;
  readonly loggedErasures: ReadonlyMap<number, AuditedErasure>;
  readonly batches: ReadonlyMap<number, AuditedBatch>;
}

const isLogged = (commitment: Uint8Array, leaf: Uint8Array | null): boolean =>
  leaf !== null && equalBytes(leafHash(eventEntry(commitment)), leaf);

function recommit(body: string, secret: Uint8Array): Uint8Array | null {
  try {
    return commitEvent(JSON.parse(body) as object, secret).commitment;
  } catch {
    return null;
  }
}

/** The eventID in a body that may be broken. */
const eventIdIn = (body: string): string => /"eventID"\s*:\s*"([^"]{1,300})"/.exec(body)?.[1] ?? 'no eventID';
