import fc from 'fast-check';
import { outcomeOf, pauseAfter } from './backoff.js';

describe('the pause after a failed attempt', () => {
  it('doubles from a second to ten minutes, and keeps between half and all of that', () => {
    const attempts = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(attempts, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (count, random) => {
        const most = Math.min(600_000, 1000 * 2 ** (count - 1));
        const pause = pauseAfter(count, random);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(most / 2));
        expect(pause).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('what becomes of a delivery', () => {
  it.each([
    [200, 'taken'],
    [202, 'taken'],
    [299, 'taken'],
    [301, 'failed'],
    [400, 'failed'],
    [404, 'failed'],
    [410, 'gone'],
    [413, 'too_large'],
    [500, 'failed'],
    [0, 'failed'],
    [199, 'failed'],
  ])('that was answered with %i', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome);
  });
});
