import { setTimeout as delay } from 'node:timers/promises';
import { gathered } from './gathered.js';

describe('a gathering loader', () => {
  it('answers everybody in their order, and gathers what is asked for while it reads', async () => {
    const batches: number[] = [];
    const loader = gathered(async (keys: readonly number[]) => {
      batches.push(keys.length);
      await delay(5);
      return keys.map((key) => key * 2);
    });
    const asked: Promise<number>[] = [];
    for (let i = 0; i < 100; i++) {
      asked.push(loader.load(i));
      if (i % 10 === 0) await delay(1);
    }
    expect(await Promise.all(asked)).toEqual(asked.map((_, i) => i * 2));
    expect(batches.length).toBeLessThan(20);
  });

  it('goes on after a read that fails', async () => {
    let fail = true;
    const loader = gathered((keys: readonly number[]) => {
      if (fail) return Promise.reject(new Error('gone'));
      return Promise.resolve([...keys]);
    });
    const failing = Array.from({ length: 5 }, (_, i) => loader.load(i));
    for (const each of failing) await expect(each).rejects.toThrow('gone');
    fail = false;
    expect(await loader.load(7)).toBe(7);
  });
});
