import type { Database, Queryable } from '../../platform/database/database.js';
import { type StoredCheckpoint, latestCheckpoint } from '../checkpoint/checkpoint.store.js';
import type { LogReader } from '../log/log-reader.js';
import {
  type Anchorage,
  type NewAttempt,
  RacedError,
  type Slot,
  logIdOf,
  nextNonce,
  openSlots,
  plan,
  progress,
  recordEnded,
  recordFinalized,
  recordMined,
  recordReplacement,
  recordReturned,
  recordSent,
  recordSigned,
} from './anchor.store.js';
import type { AnchorChain, ChainView, TimedInclusion } from './chain-port.js';
import type { FeePolicy } from './fees.js';
import { HeadWatch } from './head-watch.js';
import { type Sighting, decide } from './machine.js';
import { type AnchorProblem, Halt, haltOf } from './problem.js';
import { Purse } from './purse.js';
import { storeState } from './state.store.js';

/** When to anchor, what to pay, and how long to wait before something is taken as stuck or lost. */
export interface AnchorPolicy {
  /** Least time between two anchors, unless `entries` came sooner. */
  readonly intervalMs: number;
  readonly entries: number;
  /** A transaction that waits longer is replaced. */
  readonly stuckAfterMs: number;
  readonly fees: FeePolicy;
  /** How long a chain may show less than it had shown as final before that is taken as lost. */
  readonly lossPatienceMs: number;
}

/** How a log stands on one chain after a round. `view` is null where the chain could not be looked at. */
export interface AnchorStatus {
  readonly view: ChainView | null;
  readonly problem: AnchorProblem | null;
  readonly detail: string;
  /** Slots that ended because a foreign transaction of the same key took their nonce. */
  readonly noncesTaken: number;
}

/**
 * Anchors one log in one contract. `round` looks at the chain and takes every slot as far as it goes; all that it knows
 * is in the database, so it may be killed at any point, and two at once do each other no harm.
 */
export class Anchorer {
  readonly anchorage: Anchorage;
  private readonly watch: HeadWatch;
  private readonly purse: Purse;
  private logId: string | undefined;
  private noncesTaken = 0;

  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
    private readonly chain: AnchorChain,
    private readonly policy: AnchorPolicy,
    log: number,
    private readonly freshLogId: string,
    private readonly now: () => number = Date.now,
  ) {
    const { chainId, contract, publisher } = chain;
    this.anchorage = { log, chainId, contract, publisher };
    this.watch = new HeadWatch(database, reader, chain, this.anchorage, policy.lossPatienceMs, now);
    this.purse = new Purse(database, this.anchorage, policy.fees, now);
  }

  /** One look and one step of every slot. Throws where the database does not answer, or for a fault of ours. */
  async round(): Promise<AnchorStatus> {
    let view: ChainView | null = null;
    this.noncesTaken = 0;
    try {
      this.logId ??= await logIdOf(this.database, this.anchorage, this.freshLogId);
      view = await this.seen(this.logId);
      if (view === null) throw new Halt('CONTRACT_MISSING', `There is no contract at ${this.chain.contract}.`);
      await this.advance(view);
      return { view, problem: null, detail: '', noncesTaken: this.noncesTaken };
    } catch (error) {
      const halt = haltOf(error);
      if (halt === undefined) throw error;
      return { view, problem: halt.problem, detail: halt.message, noncesTaken: this.noncesTaken };
    }
  }

  private async advance(view: ChainView): Promise<void> {
    await this.watch.requirePrefix(view.final);
    await this.watch.requirePrefix(view.latest);
    await this.watch.forgiveLoss(view, () => this.seen(this.logId!));
    for (const slot of await openSlots(this.database, this.anchorage)) await this.step(slot, view);
    if (await this.planIfDue(view)) await this.signPlanned(view);
  }

  /** A chain without the contract gets it, where it may. */
  private async seen(logId: string): Promise<ChainView | null> {
    const view = await this.chain.view(logId);
    return view === null && (await this.chain.deploy(this.policy.fees.maxFee)) ? this.chain.view(logId) : view;
  }

  private async step(slot: Slot, view: ChainView): Promise<void> {
    const { sighting, seen, size } = await this.look(slot, view);
    switch (decide(slot.state, sighting).action) {
      case 'sign':
        return this.sign(slot, view);
      case 'send':
        return this.send(slot, view, sighting.stuck);
      case 'replace':
        return this.replace(slot, view);
      case 'settle':
      case 'move':
        return recordMined(this.database, slot, size, seen!);
      case 'return':
        await recordReturned(this.database, slot);
        return this.chain.broadcast(slot.attempts[0]!.raw);
      case 'finalize':
        return this.finalize(slot, seen!);
      case 'revert':
        return recordEnded(this.database, slot, 'reverted', 'The contract refused it.');
      case 'abandon':
        this.noncesTaken += 1;
        return recordEnded(this.database, slot, 'abandoned', 'Another transaction took its nonce.');
      case 'wait':
        return undefined;
    }
  }

  /** A transaction that nodes have refused for long, as where a tip that once did is too small, is replaced. */
  private async send(slot: Slot, view: ChainView, stuck: boolean): Promise<void> {
    try {
      await this.chain.broadcast(slot.attempts[0]!.raw);
    } catch (error) {
      const refused = haltOf(error)?.problem === 'REFUSED';
      if (refused && stuck) return this.replace(slot, view);
      throw error;
    }
    return recordSent(this.database, slot);
  }

  private async look(
    slot: Slot,
    view: ChainView,
  ): Promise<{ sighting: Sighting; seen: TimedInclusion | null; size: number }> {
    let seen: TimedInclusion | null = null;
    let size = 0;
    for (const attempt of slot.attempts) {
      seen = await this.chain.inclusion(attempt.txHash, this.logId!, attempt.size);
      size = attempt.size;
      if (seen !== null) break;
    }
    const newest = slot.attempts[0];
    const since = slot.state === 'signed' ? newest?.signedAt : slot.sentAt;
    const waited = since == null ? 0 : this.now() - since.getTime();
    const sighting: Sighting = {
      inclusion: seen,
      agreed: seen?.agreed ?? false,
      recordedBlock: slot.blockHash,
      known: newest !== undefined && (seen !== null || (await this.chain.known(newest.txHash))),
      finalBlock: view.final.block,
      finalSize: view.final.size,
      spentForGood: slot.nonce !== null && view.finalNonce > slot.nonce,
      size: seen === null ? 0 : size,
      stuck: slot.nonce === view.nonce && waited > this.policy.stuckAfterMs,
    };
    return { sighting, seen, size };
  }

  /**
   * Final, with a proof from its block's state where a node gives one: without it the anchor is as good for who asks a
   * node. Both are recorded at once, so that no process that dies leaves an anchor whose proof nobody asks for again.
   */
  private async finalize(slot: Slot, seen: TimedInclusion): Promise<void> {
    const proof = await this.chain.stateProof(this.logId!, slot.blockHash!).catch(() => null);
    await this.database.transaction(async (tx) => {
      const recorded = await recordFinalized(tx, slot, seen);
      if (recorded && proof !== null) await storeState(tx, slot.id, proof);
    });
  }

  /**
   * Opens a slot where the newest checkpoint is ahead of the chain, nothing is on its way, and it is time. What is in a
   * block and not in this view yet is on its way: the next proof begins where it ends.
   */
  private async planIfDue(view: ChainView): Promise<boolean> {
    const checkpoint = await latestCheckpoint(this.database, this.anchorage.log);
    if (checkpoint === null || checkpoint.size <= view.latest.size) return false;
    const slots = await openSlots(this.database, this.anchorage);
    if (slots.some(({ state, size }) => state !== 'mined' || size > view.latest.size)) return false;
    const { plannedAt, plannedSize } = await progress(this.database, this.anchorage);
    const early = plannedAt !== null && this.now() - plannedAt.getTime() < this.policy.intervalMs;
    if (early && checkpoint.size - plannedSize < this.policy.entries) return false;
    await plan(this.database, this.anchorage, checkpoint.size);
    return true;
  }

  private async signPlanned(view: ChainView): Promise<void> {
    const slot = (await openSlots(this.database, this.anchorage)).find(({ state }) => state === 'planned');
    if (slot !== undefined) await this.sign(slot, view);
  }

  private async sign(slot: Slot, view: ChainView): Promise<void> {
    const checkpoint = await latestCheckpoint(this.database, this.anchorage.log);
    if (checkpoint === null || checkpoint.size <= view.latest.size) {
      return recordEnded(this.database, slot, 'abandoned', 'The chain has this size already.');
    }
    const expected = await nextNonce(this.database, this.anchorage);
    const nonce = Math.max(expected ?? 0, view.nonce);
    const attempt = await this.prepare(checkpoint, view, slot, nonce);
    await this.store(slot, (tx) => recordSigned(tx, this.anchorage, slot, nonce, expected, attempt));
  }

  /**
   * At its nonce, with the newest checkpoint, so that however long it was stuck there is no backlog. Where that may not be
   * paid, nodes that dropped the one there is get it again: a later block may be cheap enough for it.
   */
  private async replace(slot: Slot, view: ChainView): Promise<void> {
    const checkpoint = await latestCheckpoint(this.database, this.anchorage.log);
    if (checkpoint === null || slot.nonce === null) return;
    const attempt = await this.prepare(checkpoint, view, slot, slot.nonce).catch(async (error: unknown) => {
      await this.chain.broadcast(slot.attempts[0]!.raw).catch(() => undefined);
      throw error;
    });
    await this.store(slot, (tx) => recordReplacement(tx, slot, attempt));
  }

  /** Keeps a signed transaction and only then sends it. */
  private async store({ id }: Slot, write: (tx: Queryable) => Promise<void>): Promise<void> {
    try {
      await this.database.transaction(write);
    } catch (error) {
      if (error instanceof RacedError) return;
      throw error;
    }
    const slot = (await openSlots(this.database, this.anchorage)).find((each) => each.id === id);
    if (slot?.state !== 'signed') return;
    await this.chain.broadcast(slot.attempts[0]!.raw);
    await recordSent(this.database, slot);
  }

  /** A signed transaction that may be paid for. The proof is always from the head that the chain really has. */
  private async prepare(checkpoint: StoredCheckpoint, view: ChainView, slot: Slot, nonce: number): Promise<NewAttempt> {
    const { size, root } = checkpoint;
    const fees = this.purse.fees(view, await this.chain.tip(), slot);
    const headSize = view.latest.size;
    const proof = headSize === 0 ? [] : await this.reader.consistency(this.anchorage.log, headSize, size);
    const call = { logId: this.logId!, size, root, proof };
    const gas = await this.chain.gasFor(call);
    await this.purse.requireMoney(view, slot, fees, gas);
    return { ...(await this.chain.sign(call, nonce, fees, gas)), size, headSize, fees, gas };
  }
}
