import fc from 'fast-check';
import { type FeePolicy, firstFees, replacementFees } from './fees.js';

const free: FeePolicy = { maxFee: 10n ** 30n, bumpPercent: 12.5 };
const wei = fc.bigInt({ min: 0n, max: 10n ** 15n });
const market = fc.record({ baseFee: wei, tip: wei });

describe('fees', () => {
  it('replace with at least an eighth more on both, and at least what the market asks', () => {
    fc.assert(
      fc.property(market, market, fc.double({ min: 12.5, max: 200, noNaN: true }), (then, now, bumpPercent) => {
        const old = firstFees(then, free)!;
        const fees = replacementFees(old, now, { ...free, bumpPercent })!;
        expect(fees.maxFee * 8n).toBeGreaterThanOrEqual(old.maxFee * 9n);
        expect(fees.maxPriorityFee * 8n).toBeGreaterThanOrEqual(old.maxPriorityFee * 9n);
        expect(fees.maxPriorityFee).toBeGreaterThan(old.maxPriorityFee);
        expect(fees.maxFee).toBeGreaterThanOrEqual(fees.maxPriorityFee);
        expect(fees.maxFee).toBeGreaterThanOrEqual(firstFees(now, free)!.maxFee);
      }),
    );
  });

  it('never pass either cap, whatever the market asks, and are none where the next block costs more', () => {
    fc.assert(
      fc.property(market, market, wei, wei, (then, now, maxFee, maxPriorityFee) => {
        const capped = { maxFee, maxPriorityFee, bumpPercent: 12.5 };
        const first = firstFees(then, capped);
        for (const fees of [first, first && replacementFees(first, now, capped)]) {
          if (fees === null) continue;
          expect(fees.maxFee).toBeLessThanOrEqual(maxFee);
          expect(fees.maxPriorityFee).toBeLessThanOrEqual(maxPriorityFee);
        }
        if (then.baseFee > maxFee) expect(first).toBeNull();
      }),
    );
  });

  it('offer twice the base fee, and less only where the cap says so', () => {
    const market = { baseFee: 100n, tip: 10n };
    expect(firstFees(market, free)).toEqual({ maxFee: 210n, maxPriorityFee: 10n });
    expect(firstFees(market, { ...free, maxFee: 150n })).toEqual({ maxFee: 150n, maxPriorityFee: 10n });
    expect(firstFees(market, { ...free, maxFee: 109n })).toBeNull();
    expect(firstFees(market, { ...free, maxPriorityFee: 3n })).toEqual({ maxFee: 203n, maxPriorityFee: 3n });
  });
});
