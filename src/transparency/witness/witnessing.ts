import { type Policy, quorumMet } from '../../domain/tlog/policy.js';
import type { Database } from '../../platform/database/database.js';
import type { CheckpointService } from '../checkpoint/checkpoint.service.js';
import {
  latestCheckpoint,
  latestPublished,
  publishCheckpoint,
  type StoredCheckpoint,
} from '../checkpoint/checkpoint.store.js';
import { Lease } from '../../platform/database/lease.js';
import type { LogReader } from '../log/log-reader.js';
import { cosignersOf } from './cosignature.store.js';
import { WitnessClient } from './witness-client.js';
import { WitnessFeed, type WitnessState } from './witness-feed.js';
import type { WitnessPolicy } from './witness-policy.js';

/** What a round saw. */
export interface WitnessingReport {
  readonly witnesses: readonly WitnessState[];
  /** Entries of the newest signed and of the newest published checkpoint. */
  readonly signed: number;
  readonly published: number;
  /** A witness contradicts what is signed here, and nothing was signed since this process took over. */
  readonly halted: boolean;
  /** Milliseconds for which something has been waiting for the quorum. */
  readonly waitingMs: number;
}

/**
 * Signs checkpoints, has them cosigned, and publishes those that meet the policy. One process at a time does.
 *
 * A process that takes over signs nothing before the quorum has cosigned again what was signed last, and before that nothing
 * at all where any witness knows of more: a database that was restored from a backup would fork the log. Later on, a witness
 * that contradicts is reported and does not count; the quorum decides without it.
 */
export class Witnessing {
  private readonly lease: Lease;
  private readonly feeds: readonly WitnessFeed[];
  private readonly policy: Policy;
  private readonly stop = new AbortController();
  /** What all witnesses are asked for until it is published or each of them has answered. */
  private candidate: StoredCheckpoint | null = null;
  private readonly cosigned = new Set<WitnessFeed>();
  private readonly failed = new Set<WitnessFeed>();
  private confirmed = false;
  /** Entries of the newest signed and of the newest published checkpoint that were seen. */
  private signed = 0;
  private published = 0;
  private waitingSince: number | null = null;
  private readonly open = new Set<Promise<void>>();
  private trouble: { readonly error: unknown } | null = null;

  constructor(
    private readonly database: Database,
    reader: LogReader,
    private readonly checkpoints: CheckpointService,
    private readonly log: number,
    { policy, asked }: WitnessPolicy,
    timeoutMs?: number,
  ) {
    this.policy = policy;
    this.lease = new Lease(database, `witness/${log}`);
    this.feeds = asked.map((witness) => new WitnessFeed(database, reader, log, new WitnessClient(witness, timeoutMs)));
  }

  /** One round; it does not wait for answers. Null while another process does this. */
  async round(): Promise<WitnessingReport | null> {
    if (!(await this.lease.hold())) {
      this.begin();
      return null;
    }
    this.throwTrouble();
    await this.noticeLoss();
    await this.sign();
    const newest = await latestCheckpoint(this.database, this.log);
    if (newest === null) return null;
    this.signed = newest.size;
    await this.lookAtPublished();
    if (this.isThrough() && newest.size !== this.candidate?.size) this.choose(newest);
    this.askAll();
    return this.report(newest.size);
  }

  /** Waits for what is under way and lets another process take over. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.open);
    await this.lease.release();
  }

  /** The database may go back under a process that goes on, as when a replica that lagged takes over. */
  private async noticeLoss(): Promise<void> {
    const size = (await latestCheckpoint(this.database, this.log))?.size ?? 0;
    if (size >= this.signed) return;
    this.begin();
  }

  /** As at the start: an answer that is still on its way to an older question confirms nothing. */
  private begin(): void {
    this.confirmed = false;
    this.candidate = null;
    this.cosigned.clear();
    this.failed.clear();
  }

  private async sign(): Promise<void> {
    if (this.confirmed) await this.checkpoints.sign(this.log);
    else await this.checkpoints.signEmpty(this.log);
  }

  /** True where the candidate is published, or nobody is left to ask for it. */
  private isThrough(): boolean {
    if (this.candidate === null || (this.confirmed && this.published >= this.candidate.size)) return true;
    return this.feeds.every((feed) => !feed.busy && (this.cosigned.has(feed) || this.failed.has(feed) || feed.pausing));
  }

  private choose(checkpoint: StoredCheckpoint): void {
    this.candidate = checkpoint;
    this.cosigned.clear();
    this.failed.clear();
  }

  private askAll(): void {
    const { candidate } = this;
    if (candidate === null) return;
    this.confirmed ||= quorumMet(this.policy, []);
    for (const feed of this.feeds) {
      if (feed.busy || feed.pausing || this.cosigned.has(feed)) continue;
      this.failed.delete(feed);
      const work = this.ask(feed, candidate).finally(() => this.open.delete(work));
      this.open.add(work);
    }
  }

  private async ask(feed: WitnessFeed, checkpoint: StoredCheckpoint): Promise<void> {
    try {
      await this.answered(feed, checkpoint, await feed.ask(checkpoint, this.stop.signal));
    } catch (error) {
      // Asked again, it cosigns again, and what was to follow is done then.
      this.cosigned.delete(feed);
      this.failed.add(feed);
      this.trouble = { error };
    }
  }

  /** What failed while nobody waited fails the next round, so that it is logged and tried later. */
  private throwTrouble(): void {
    const { trouble } = this;
    this.trouble = null;
    if (trouble !== null) throw trouble.error;
  }

  private async lookAtPublished(): Promise<void> {
    const size = (await latestPublished(this.database, this.log))?.size ?? 0;
    if (size > this.published) this.waitingSince = null;
    this.published = size;
  }

  private async answered(feed: WitnessFeed, checkpoint: StoredCheckpoint, cosigned: boolean): Promise<void> {
    if (checkpoint === this.candidate) (cosigned ? this.cosigned : this.failed).add(feed);
    this.confirm();
    if (!this.confirmed || !cosigned) return;
    if (quorumMet(this.policy, await cosignersOf(this.database, this.log, checkpoint.size))) {
      await publishCheckpoint(this.database, this.log, checkpoint.size);
    }
  }

  /** A witness may find that there is nothing to cosign in an empty log, and refuses it: it knows of no more then. */
  private confirm(): void {
    const empty = this.candidate?.size === 0;
    const agree = this.feeds.filter((feed) => this.cosigned.has(feed) || (empty && feed.refuses));
    const contradicted = this.feeds.some((feed) => feed.contradicts);
    this.confirmed ||=
      !contradicted &&
      quorumMet(
        this.policy,
        agree.map(({ key }) => key),
      );
  }

  private report(signed: number): WitnessingReport {
    const waits = !this.confirmed || signed > this.published;
    this.waitingSince = waits ? (this.waitingSince ?? Date.now()) : null;
    return {
      witnesses: this.feeds.map(({ state }) => state),
      signed,
      published: this.published,
      halted: !this.confirmed && this.feeds.some(({ contradicts }) => contradicts),
      waitingMs: this.waitingSince === null ? 0 : Date.now() - this.waitingSince,
    };
  }
}
