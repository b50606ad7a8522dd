import fc from 'fast-check';
import { counterOf, serialsOf } from './serial-permutation.js';

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const counters = fc.integer({ min: 0, max: 2 ** 52 });

describe('serial numbers', () => {
  it('lead back to the counter that they were made of', () => {
    fc.assert(
      fc.property(keys, counters, (key, counter) => {
        expect(counterOf(key, serialsOf(key, counter, 1)[0]!)).toBe(counter);
      }),
    );
  });

  it('are the same one by one and in a run', () => {
    const key = new Uint8Array(32).fill(7);
    const run = serialsOf(key, 1000, 50);
    expect(run).toEqual(Array.from({ length: 50 }, (_, i) => serialsOf(key, 1000 + i, 1)[0]));
  });

  it('are all different and have 12 characters that no keyboard swaps', () => {
    const serials = serialsOf(new Uint8Array(32).fill(9), 0, 20_000);
    expect(new Set(serials).size).toBe(20_000);
    expect(serials.every((serial) => /^[0-9A-HJ-NP-X]{12}$/.test(serial))).toBe(true);
  });

  it('differ wholly under another key', () => {
    const one = new Set(serialsOf(new Uint8Array(32).fill(1), 0, 1000));
    expect(serialsOf(new Uint8Array(32).fill(2), 0, 1000).some((serial) => one.has(serial))).toBe(false);
  });

  it('of another shape have no counter', () => {
    const key = new Uint8Array(32);
    expect(counterOf(key, 'SHORT')).toBeUndefined();
    expect(counterOf(key, '0123456789YZ')).toBeUndefined();
  });
});
