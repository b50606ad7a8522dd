import { crash } from './rounds.js';

describe('a server that is killed under load', () => {
  it('keeps every acknowledged event, leaves nothing half there, and passes its audit', async () => {
    const report = await crash({ rounds: 2, seed: 20261122, lanes: 2 });
    expect(report.faults).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report.erased).toBeGreaterThan(0);
    expect(Object.values(report.rounds)).toEqual([2, 2, 2, 2, 2]);
  }, 180_000);
});
