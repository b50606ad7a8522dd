import { equalBytes, hexToBytes } from '../../domain/bytes.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import { type StoredCheckpoint, latestCheckpoint } from '../checkpoint/checkpoint.store.js';
import type { LogReader } from '../log/log-reader.js';
import { treeState } from '../log/tile.store.js';
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
  recordLoss,
  recordMined,
  recordReplacement,
  recordReturned,
  recordSent,
  recordSigned,
} from './anchor.store.js';
import type { AnchorChain, ChainHead, ChainView, TimedInclusion } from './chain-port.js';
import { type Fees, replacementFees } from './fees.js';
import { type Sighting, decide, forgottenFrom } from './machine.js';

/** When to anchor, what to pay, and how long to wait before something is taken as stuck or lost. */
export interface AnchorPolicy {
  /** Least time between two anchors, unless `entries` came sooner. */
  readonly intervalMs: number;
  readonly entries: number;
  /** A transaction that waits longer is replaced. */
  readonly stuckAfterMs: number;
  /** Most to pay for a unit of gas, in wei; above it the anchor waits. */
  readonly maxFee: bigint;
  /** How long a chain may show less than it had shown as final before that is taken as lost. */
  readonly lossPatienceMs: number;
}

/** Why nothing is anchored although something should be. Shown in metrics and logs; stable. */
export type AnchorProblem =
  'CHAIN_AHEAD' | 'CHAIN_FORKED' | 'NOT_PUBLISHER' | 'CONTRACT_MISSING' | 'CHAIN_BEHIND' | 'FEE_CAP';

/** How a log stands on one chain after a round. */
export interface AnchorStatus {
  readonly latestSize: number;
  readonly finalSize: number;
  readonly problem: AnchorProblem | null;
  readonly detail: string;
}

/** The chain shows what must not be: nothing is anchored until a person has looked. */
class Halt extends Error {
  constructor(
    readonly problem: AnchorProblem,
    message: string,
  ) {
    super(message);
  }
}

const NOBODY = `0x${'0'.repeat(40)}`;

/**
 * Anchors one log in one contract. `round` looks at the chain and takes every slot as far as it goes; all that it knows
 * is in the database, so it may be killed at any point, and two at once do each other no harm.
 */
export class Anchorer {
  private readonly anchorage: Anchorage;
  private logId: string | undefined;
  private behindSince: number | undefined;

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
  }

  /** One look and one step of every slot. Throws where the node or the database does not answer. */
  async round(): Promise<AnchorStatus> {
    this.logId ??= await logIdOf(this.database, this.anchorage, this.freshLogId);
    const view = await this.seen(this.logId);
    if (view === null) return problem('CONTRACT_MISSING', `There is no contract at ${this.chain.contract}.`, 0, 0);
    try {
      await this.requirePrefix(view.final);
      await this.requirePrefix(view.latest);
      await this.forgiveLoss(view);
      for (const slot of await openSlots(this.database, this.anchorage)) await this.step(slot, view);
      if (await this.planIfDue(view)) await this.signPlanned(view);
      return { latestSize: view.latest.size, finalSize: view.final.size, problem: null, detail: '' };
    } catch (error) {
      if (error instanceof Halt) return problem(error.problem, error.message, view.latest.size, view.final.size);
      throw error;
    }
  }

  /** A chain of ours that lost the contract with its state gets it again. */
  private async seen(logId: string): Promise<ChainView | null> {
    const view = await this.chain.view(logId);
    return view === null && (await this.chain.restore()) ? this.chain.view(logId) : view;
  }

  /** The chain's head must be a tree that our log had; else the log, or this database, was rewritten or cut. */
  private async requirePrefix(head: ChainHead): Promise<void> {
    if (head.publisher !== NOBODY && head.publisher !== this.chain.publisher) {
      throw new Halt(
        'NOT_PUBLISHER',
        `The log's publisher on the chain is ${head.publisher}, we are ${this.chain.publisher}.`,
      );
    }
    if (head.size === 0) return;
    const tree = await treeState(this.database, this.anchorage.log);
    if (tree === null || head.size > tree.size) {
      throw new Halt('CHAIN_AHEAD', `The chain has ${head.size} entries of the log, the database ${tree?.size ?? 0}.`);
    }
    const root = await this.reader.root(this.anchorage.log, head.size);
    if (equalBytes(root, hexToBytes(head.root.slice(2)))) return;
    throw new Halt('CHAIN_FORKED', `The chain's root of the first ${head.size} entries is not that of our log.`);
  }

  /** A chain that forgot what was final on it (an embedded node killed between two dumps) is anchored anew from its head. */
  private async forgiveLoss(view: ChainView): Promise<void> {
    const lost = (await this.lossIn(() => Promise.resolve(view))) && (await this.lossIn(() => this.seen(this.logId!)));
    if (!lost) {
      this.behindSince = undefined;
      return;
    }
    this.behindSince ??= this.now();
    if (this.now() - this.behindSince < this.policy.lossPatienceMs) {
      const shown = lost.view.final.size;
      throw new Halt('CHAIN_BEHIND', `The chain shows ${shown} entries as final, it had shown ${lost.finalSize}.`);
    }
    const { nonce, final } = lost.view;
    await this.database.transaction((tx) => recordLoss(tx, this.anchorage, nonce, final.size));
    this.behindSince = undefined;
  }

  /**
   * What the chain lacks of what the database knows. A look that is older than the reading proves nothing: another
   * anchorer may have gone on in between. So whoever wants to be sure looks after reading.
   */
  private async lossIn(look: () => Promise<ChainView | null>): Promise<{ view: ChainView; finalSize: number } | null> {
    const [slots, next, { finalSize }] = await Promise.all([
      openSlots(this.database, this.anchorage),
      nextNonce(this.database, this.anchorage),
      progress(this.database, this.anchorage),
    ]);
    const view = await look();
    if (view === null) return null;
    const open = new Set(slots.flatMap(({ nonce }) => nonce ?? []));
    const forgotten = forgottenFrom(view.nonce, next ?? 0, open) !== null || view.final.size < finalSize;
    return forgotten ? { view, finalSize } : null;
  }

  private async step(slot: Slot, view: ChainView): Promise<void> {
    const { sighting, seen, size } = await this.look(slot, view);
    switch (decide(slot.state, sighting).action) {
      case 'sign':
        return this.sign(slot, view);
      case 'send':
        await this.chain.broadcast(slot.attempts[0]!.raw);
        return recordSent(this.database, slot);
      case 'replace':
        return this.replace(slot, view);
      case 'settle':
      case 'move':
        return recordMined(this.database, slot, size, seen!);
      case 'return':
        await recordReturned(this.database, slot);
        return this.chain.broadcast(slot.attempts[0]!.raw);
      case 'finalize':
        return recordFinalized(this.database, slot);
      case 'revert':
        return recordEnded(this.database, slot, 'reverted', 'The contract refused it.');
      case 'abandon':
        return recordEnded(this.database, slot, 'abandoned', 'Another transaction took its nonce.');
      case 'wait':
        return undefined;
    }
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
    const waited = slot.sentAt === null ? 0 : this.now() - slot.sentAt.getTime();
    const sighting: Sighting = {
      inclusion: seen,
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

  /** Opens a slot where the newest checkpoint is ahead of the chain, nothing is on its way, and it is time. */
  private async planIfDue(view: ChainView): Promise<boolean> {
    const checkpoint = await latestCheckpoint(this.database, this.anchorage.log);
    if (checkpoint === null || checkpoint.size <= view.latest.size) return false;
    const slots = await openSlots(this.database, this.anchorage);
    if (slots.some(({ state }) => state !== 'mined')) return false;
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
    const attempt = await this.prepare(checkpoint, view.latest.size, nonce, this.affordable(await this.chain.market()));
    await this.store(slot, (tx) => recordSigned(tx, this.anchorage, slot, nonce, expected, attempt));
  }

  /** At its nonce, with the newest checkpoint, so that however long it was stuck there is no backlog. */
  private async replace(slot: Slot, view: ChainView): Promise<void> {
    const checkpoint = await latestCheckpoint(this.database, this.anchorage.log);
    if (checkpoint === null || slot.nonce === null) return;
    const fees = this.affordable(replacementFees(slot.attempts[0]!.fees, await this.chain.market()));
    const attempt = await this.prepare(checkpoint, view.latest.size, slot.nonce, fees);
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

  private affordable(fees: Fees): Fees {
    if (fees.maxFee <= this.policy.maxFee) return fees;
    throw new Halt(
      'FEE_CAP',
      `An anchor would have to offer ${fees.maxFee} wei for gas, the most allowed is ${this.policy.maxFee}.`,
    );
  }

  /** The proof is always from the head that the chain really has. */
  private async prepare(
    checkpoint: StoredCheckpoint,
    headSize: number,
    nonce: number,
    fees: Fees,
  ): Promise<NewAttempt> {
    const { size, root } = checkpoint;
    const proof = headSize === 0 ? [] : await this.reader.consistency(this.anchorage.log, headSize, size);
    const call = { logId: this.logId!, size, root, proof };
    const signed = await this.chain.sign(call, nonce, fees, await this.chain.gasFor(call));
    return { ...signed, size, headSize, fees };
  }
}

const problem = (code: AnchorProblem, detail: string, latestSize: number, finalSize: number): AnchorStatus => ({
  latestSize,
  finalSize,
  problem: code,
  detail,
});
