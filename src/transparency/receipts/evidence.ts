import { hexToBytes } from '../../domain/bytes.js';
import type { ReceiptAnchor } from '../../domain/receipt/receipt.js';
import { blockTime } from '../../domain/receipt/receipt.js';
import type { StateProof } from '../../domain/receipt/state-proof.js';
import type { Queryable } from '../../platform/database/database.js';
import { cosignedNote, latestPublished, publishedCovering, publishedUpTo } from '../checkpoint/checkpoint.store.js';
import type { LogReader } from '../log/log-reader.js';
import { logState } from '../log/log.store.js';
import { type FinalAnchor, finalAnchors, largestFinal } from './receipts.store.js';

const KEPT_MS = 10_000;
const MOST_KEPT = 1000;

/** What stands behind the entries [from, to) of a log: a signed checkpoint, and the anchors that hold its tree. */
export interface Evidence {
  readonly origin: string;
  readonly from: number;
  readonly to: number;
  /** Entries of the checkpoint. */
  readonly size: number;
  /** The checkpoint, a signed note. */
  readonly note: string;
  /** Final ones; none while no chain has the entries for good. */
  readonly anchors: readonly ReceiptAnchor[];
}

/**
 * Finds the evidence of entries. One anchor stands behind many entries, so what was found is kept for some seconds: no
 * longer, because a better checkpoint or another chain may come, and a chain may lose what it had.
 */
export class EvidenceFinder {
  private kept: { readonly log: number; readonly evidence: Evidence }[] = [];
  private since = 0;

  constructor(
    private readonly sql: Queryable,
    private readonly reader: LogReader,
    /** Milliseconds of a clock that never goes back. */
    private readonly now: () => number = () => performance.now(),
    /** Whether a cosigned note has the quorum that its readers will ask for. */
    private readonly meetsQuorum: (note: string) => boolean = () => true,
  ) {}

  /** Null while no checkpoint that is public, and has the quorum, holds the entry. */
  async of(log: number, index: number): Promise<Evidence | null> {
    if (this.now() - this.since > KEPT_MS || this.kept.length > MOST_KEPT) [this.kept, this.since] = [[], this.now()];
    const kept = this.kept.find((each) => each.log === log && each.evidence.from <= index && index < each.evidence.to);
    if (kept !== undefined) return kept.evidence;
    const anchors = await finalAnchors(this.sql, log, index);
    if (anchors.length === 0) return this.checkpointed(log, index);
    const own = await this.anchored(log, index, anchors);
    const evidence = this.meetsQuorum(own.note) ? own : await this.newestAnchored(log, own);
    if (evidence === null) return this.checkpointed(log, index);
    this.kept.push({ log, evidence });
    return evidence;
  }

  /** The same entries under the newest public checkpoint that a chain holds: theirs is from before today's policy. */
  private async newestAnchored(log: number, { from, to }: Evidence): Promise<Evidence | null> {
    const published = await publishedUpTo(this.sql, log, await largestFinal(this.sql, log));
    if (published === null || published.size < to || !this.meetsQuorum(cosignedNote(published))) return null;
    const { size } = published;
    const anchors = await finalAnchors(this.sql, log, size - 1);
    if (anchors.length === 0) return null;
    return {
      ...{ from, to, size, origin: anchors[0]!.origin, note: cosignedNote(published) },
      anchors: await Promise.all(anchors.map((anchor) => this.anchorPart(log, size, anchor))),
    };
  }

  /** The largest checkpoint that met the quorum and that the chains hold; where there is none, what was anchored itself. */
  private async anchored(log: number, index: number, anchors: readonly FinalAnchor[]): Promise<Evidence> {
    const { origin, size, note, after } = anchors[0]!;
    const published = await publishedUpTo(this.sql, log, size);
    const shared = async (to: number) => ({
      ...{ origin, to, size: to },
      anchors: await Promise.all(anchors.map((anchor) => this.anchorPart(log, to, anchor))),
    });
    if (published !== null && index < published.size) {
      return { ...(await shared(published.size)), from: after, note: cosignedNote(published) };
    }
    return { ...(await shared(size)), from: Math.max(after, published?.size ?? 0), note };
  }

  private async checkpointed(log: number, index: number): Promise<Evidence | null> {
    const state = await logState(this.sql, log);
    for (const find of [() => publishedCovering(this.sql, log, index), () => latestPublished(this.sql, log)]) {
      const checkpoint = await find();
      if (state === null || checkpoint === null || checkpoint.size <= index) continue;
      const note = cosignedNote(checkpoint);
      if (!this.meetsQuorum(note)) continue;
      return { origin: state.origin, from: index, to: index + 1, size: checkpoint.size, note, anchors: [] };
    }
    return null;
  }

  private async anchorPart(log: number, size: number, anchor: FinalAnchor): Promise<ReceiptAnchor> {
    return {
      chainId: anchor.chainId,
      contract: anchor.contract,
      logId: anchor.logId,
      size: anchor.size,
      root: `0x${anchor.root.toString('hex')}`,
      transaction: anchor.txHash,
      block: {
        number: anchor.blockNumber,
        hash: anchor.blockHash,
        time: blockTime(anchor.blockTime.getTime() / 1000),
      },
      consistency: anchor.size === size ? [] : await this.reader.consistency(log, size, anchor.size),
      ...(anchor.state && { state: stateProof(anchor.state) }),
    };
  }
}

function stateProof({ header, account, root, size }: NonNullable<FinalAnchor['state']>): StateProof {
  const bytes = (hex: string): Uint8Array => hexToBytes(hex.slice(2));
  return { header: bytes(header), account: account.map(bytes), root: root.map(bytes), size: size.map(bytes) };
}
