import type { Chain } from '../../platform/chain/chain.js';
import { chainLogId } from '../../domain/tlog/index.js';
import type { Database } from '../../platform/database/database.js';
import { latestCheckpoint } from '../checkpoint/checkpoint.store.js';
import { Lease } from '../../platform/database/lease.js';
import type { LogReader } from '../log/log-reader.js';
import { type Anchorage, logIdOf, progress, signedSince } from './anchor.store.js';
import { Anchorer, type AnchorPolicy, type AnchorStatus } from './anchorer.js';
import { type ChainStatus, storeIdentity, storeStatus } from './chain-status.store.js';
import { EvmAnchorChain } from './evm-chain.js';
import { type AnchorWarning, Halt, haltOf } from './problem.js';
import { spending } from './spending.store.js';

/** A wallet that pays for fewer anchors than this is told of. */
const FEW_ANCHORS = 10;
/** Gas of an anchor, and a tip for it, where none was paid for yet. */
const USUAL_GAS = 80_000n;
const USUAL_TIP = 1_000_000_000n;
const MOST_LEFT = 1_000_000n;

/** What one chain's anchoring is told from outside. */
export interface ChainAnchoringOptions {
  readonly chain: Chain;
  readonly policy: AnchorPolicy;
  readonly overdueAfterMs: number;
  readonly log: number;
  readonly origin: string;
  readonly now?: () => number;
}

/** How anchoring stands on a chain, as it is told to whoever watches. */
export interface ChainReport extends ChainStatus {
  readonly chain: string;
  /** What stands against single nodes, by host. */
  readonly complaints: readonly string[];
}

/**
 * The anchoring of one log on one chain: takes the lease, opens the key when it can, does a round, and keeps how it stands in the
 * database. Nothing that it waits for concerns another chain.
 */
export class ChainAnchoring {
  private readonly lease: Lease;
  private readonly now: () => number;
  private anchorer: { readonly anchorer: Anchorer; readonly evm: EvmAnchorChain } | undefined;

  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
    private readonly options: ChainAnchoringOptions,
  ) {
    const { chain, log, now = Date.now } = options;
    this.now = now;
    this.lease = new Lease(database, `anchor/${log}/${chain.chainId}/${chain.contract}`);
  }

  get name(): string {
    return this.options.chain.name;
  }

  /** Opens the key and keeps under which identity we anchor here. Throws SignerError. */
  async open(): Promise<{ readonly anchorer: Anchorer; readonly evm: EvmAnchorChain }> {
    if (this.anchorer !== undefined) return this.anchorer;
    const { chain, policy, log, origin } = this.options;
    const evm = await EvmAnchorChain.open(chain);
    const fresh = chainLogId(evm.publisher, origin);
    const anchorer = new Anchorer(this.database, this.reader, evm, policy, log, fresh, this.now);
    await logIdOf(this.database, anchorer.anchorage, fresh);
    await storeIdentity(this.database, anchorer.anchorage, chain.name, chain.publicRpc);
    this.anchorer = { anchorer, evm };
    return this.anchorer;
  }

  /** One round; null while another process has the lease. Throws where the database does not answer. */
  async round(): Promise<ChainReport | null> {
    if (!(await this.lease.hold())) return null;
    const opened = await this.open().catch((error: unknown) => {
      const halt = haltOf(error);
      if (halt === undefined) throw error;
      return halt;
    });
    if (!(opened instanceof Halt)) {
      return this.report(opened.anchorer.anchorage, await opened.anchorer.round(), opened.evm.complaints);
    }
    // The key cannot be had, so it is not known who we are here.
    const { chainId, contract } = this.options.chain;
    const status = { view: null, problem: opened.problem, detail: opened.message, noncesTaken: 0 };
    return this.report({ log: this.options.log, chainId, contract, publisher: '' }, status, []);
  }

  /** Lets another process anchor at once. */
  close(): Promise<void> {
    return this.lease.release();
  }

  private async report(
    anchorage: Anchorage,
    status: AnchorStatus,
    complaints: readonly string[],
  ): Promise<ChainReport> {
    const { view, problem, detail } = status;
    const { policy, log } = this.options;
    const [known, spent] = await Promise.all([
      progress(this.database, anchorage),
      spending(this.database, anchorage, new Date(this.now())),
    ]);
    const since = await signedSince(this.database, log, known.finalSize);
    const overdue = since !== null && this.now() - since.getTime() > this.options.overdueAfterMs;
    const anchorsLeft = view === null ? null : affords(view.balance, spent.last, view.baseFee);
    const report: ChainReport = {
      chain: this.name,
      complaints,
      problem,
      detail,
      warnings: warningsOf(overdue, anchorsLeft, status.noncesTaken, complaints),
      latestSize: view?.latest.size ?? 0,
      finalSize: known.finalSize,
      overdue,
      spentToday: spent.today,
      dailyBudget: policy.fees.dailyBudget ?? null,
      balance: view?.balance ?? null,
      anchorsLeft,
      nextDue: await this.nextDue(known),
    };
    await storeStatus(this.database, anchorage, report, view !== null);
    return report;
  }

  /** When the next anchor is planned; null where there is nothing to anchor. */
  private async nextDue({
    plannedAt,
    plannedSize,
  }: {
    plannedAt: Date | null;
    plannedSize: number;
  }): Promise<Date | null> {
    const checkpoint = await latestCheckpoint(this.database, this.options.log);
    if (checkpoint === null || checkpoint.size <= plannedSize) return null;
    return new Date((plannedAt?.getTime() ?? this.now()) + (plannedAt === null ? 0 : this.options.policy.intervalMs));
  }
}

/** How many anchors the wallet pays for at the price of the last one, or at today's base fee where that is more. */
function affords(balance: bigint, last: bigint | null, baseFee: bigint): number {
  const now = (baseFee + (last === null ? USUAL_TIP : 0n)) * USUAL_GAS;
  const price = last !== null && last > now ? last : now;
  return Number(balance / (price + 1n) > MOST_LEFT ? MOST_LEFT : balance / (price + 1n));
}

function warningsOf(
  overdue: boolean,
  anchorsLeft: number | null,
  noncesTaken: number,
  complaints: readonly string[],
): AnchorWarning[] {
  const warnings: AnchorWarning[] = [];
  if (overdue) warnings.push('OVERDUE');
  if (anchorsLeft !== null && anchorsLeft < FEW_ANCHORS) warnings.push('WALLET_LOW');
  if (noncesTaken > 0) warnings.push('NONCE_TAKEN');
  if (complaints.length > 0) warnings.push('ENDPOINT_ASIDE');
  return warnings;
}
