/** EIP-1559 fees, in wei per unit of gas. */
export interface Fees {
  readonly maxFee: bigint;
  readonly maxPriorityFee: bigint;
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** At least 12.5 % more, rounded up: nodes refuse a replacement below 10 % on either fee. */
const bumped = (fee: bigint): bigint => fee + (fee + 7n) / 8n + (fee === 0n ? 1n : 0n);

/** Fees for a first transaction: twice the base fee, so that it survives six full blocks, plus the tip. */
export function firstFees(baseFee: bigint, tip: bigint): Fees {
  return { maxFee: 2n * baseFee + tip, maxPriorityFee: tip };
}

/**
 * Fees that replace a transaction with `old` fees: what the market asks now and at least 12.5 % more on both, because
 * the base fee may have fallen while the transaction waited.
 */
export function replacementFees(old: Fees, market: Fees): Fees {
  const maxPriorityFee = most(bumped(old.maxPriorityFee), market.maxPriorityFee);
  return { maxFee: most(most(bumped(old.maxFee), market.maxFee), maxPriorityFee), maxPriorityFee };
}
