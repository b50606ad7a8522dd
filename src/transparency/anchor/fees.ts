/** EIP-1559 fees, in wei per unit of gas. */
export interface Fees {
  readonly maxFee: bigint;
  readonly maxPriorityFee: bigint;
}

/** What a block costs now: the newest base fee, and the tip that nodes suggest. */
export interface Market {
  readonly baseFee: bigint;
  readonly tip: bigint;
}

/** What may be paid, in wei. */
export interface FeePolicy {
  readonly maxFee: bigint;
  readonly maxPriorityFee?: bigint | undefined;
  /** What a replacement pays more on both fees, in percent; nodes refuse less than 10. */
  readonly bumpPercent: number;
  /** A UTC day's transactions together; undefined means no limit. */
  readonly dailyBudget?: bigint | undefined;
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** So many percent more, rounded up, and one wei at least. */
const bumped = (fee: bigint, percent: number): bigint => {
  const thousandths = BigInt(Math.ceil(percent * 10));
  return fee + most((fee * thousandths + 999n) / 1000n, 1n);
};

/**
 * Fees for a first transaction: twice the base fee, so that it survives six full blocks, plus the tip; never more than the
 * policy allows. Null where even the next block would cost more.
 */
export function firstFees({ baseFee, tip }: Market, policy: FeePolicy): Fees | null {
  const maxPriorityFee = policy.maxPriorityFee === undefined ? tip : least(tip, policy.maxPriorityFee);
  if (baseFee + maxPriorityFee > policy.maxFee) return null;
  return { maxFee: least(2n * baseFee + maxPriorityFee, policy.maxFee), maxPriorityFee };
}

/**
 * Fees that replace a transaction with `old` fees: what the market asks now and at least the policy's percentage more on
 * both, because the base fee may have fallen while the transaction waited. Null where that is more than is allowed.
 */
export function replacementFees(old: Fees, market: Market, policy: FeePolicy): Fees | null {
  const fresh = firstFees(market, policy) ?? { maxFee: 0n, maxPriorityFee: 0n };
  const maxPriorityFee = most(bumped(old.maxPriorityFee, policy.bumpPercent), fresh.maxPriorityFee);
  const maxFee = most(most(bumped(old.maxFee, policy.bumpPercent), fresh.maxFee), maxPriorityFee);
  if (maxFee > policy.maxFee || market.baseFee + maxPriorityFee > policy.maxFee) return null;
  return policy.maxPriorityFee !== undefined && maxPriorityFee > policy.maxPriorityFee
    ? null
    : { maxFee, maxPriorityFee };
}
