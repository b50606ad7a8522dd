import type { Queryable } from '../../platform/database/database.js';
import type { Anchorage, Slot } from './anchor.store.js';
import type { ChainView } from './chain-port.js';
import { type FeePolicy, type Fees, firstFees, replacementFees } from './fees.js';
import { Halt } from './problem.js';
import { spending } from './spending.store.js';

/** Decides what an anchor may offer, and whether there is money for it. */
export class Purse {
  constructor(
    private readonly sql: Queryable,
    private readonly anchorage: Anchorage,
    private readonly policy: FeePolicy,
    private readonly now: () => number,
  ) {}

  /** Fees of a first transaction, or of one that replaces the newest of `slot`. Throws Halt FEE_CAP. */
  fees(view: ChainView, tip: bigint, slot: Slot): Fees {
    const market = { baseFee: view.baseFee, tip };
    const newest = slot.attempts[0];
    const fees =
      newest === undefined ? firstFees(market, this.policy) : replacementFees(newest.fees, market, this.policy);
    if (fees !== null) return fees;
    const { maxFee, maxPriorityFee } = this.policy;
    const cap = maxPriorityFee === undefined ? `${maxFee}` : `${maxFee}, ${maxPriorityFee} of it as a tip`;
    const what = newest === undefined ? 'An anchor' : 'A replacement that nodes take';
    throw new Halt('FEE_CAP', `${what} costs more than ${cap} wei for gas; the base fee is ${view.baseFee}.`);
  }

  /**
   * Throws Halt BUDGET_SPENT where the day's budget does not hold another transaction at its worst, beside what was spent today
   * and what is in flight; and WALLET_EMPTY where the account does not. A replacement takes its slot's place.
   */
  async requireMoney(view: ChainView, slot: Slot, fees: Fees, gas: bigint): Promise<void> {
    const { today, inFlight } = await spending(this.sql, this.anchorage, new Date(this.now()), slot.id);
    const worst = fees.maxFee * gas;
    const { dailyBudget } = this.policy;
    if (dailyBudget !== undefined && today + inFlight + worst > dailyBudget) {
      const facts = `${today} wei spent today, up to ${inFlight} on their way, up to ${worst} for this anchor`;
      throw new Halt('BUDGET_SPENT', `The day's budget of ${dailyBudget} wei does not hold: ${facts}.`);
    }
    if (view.balance < inFlight + worst) {
      const needed = `${inFlight + worst} wei are needed and ${view.balance} are there`;
      throw new Halt('WALLET_EMPTY', `Fund ${this.anchorage.publisher} on chain ${this.anchorage.chainId}: ${needed}.`);
    }
  }
}
