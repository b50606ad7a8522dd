import { percentile } from '../figures.js';
import type { Result, Row } from '../row.js';

const ROUNDS = 30;

/** A container goes from the factory to a depot and back, again and again; each way is shipped and received. */
export const pallet: Row = async (bench) => {
  const stock = await (await bench.installation()).stock();
  const results: Result[] = [];
  for (const [container, name] of [
    [stock.smallCase, '10 packs'],
    [stock.pallet, '100,000 packs'],
  ] as const) {
    const ship: number[] = [];
    const receive: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [from, to] = round % 2 === 0 ? (['factory', 'depot'] as const) : (['depot', 'factory'] as const);
      const took = await stock.shipAndReceive(container, from, to);
      ship.push(took.ship);
      receive.push(took.receive);
    }
    results.push(line(`ship a container of ${name}`, ship), line(`receive a container of ${name}`, receive));
  }
  return results;
};

function line(work: string, took: readonly number[]): Result {
  const p50 = percentile(took, 0.5);
  return {
    row: 'pallet',
    work,
    value: p50,
    unit: 'ms',
    p50,
    p99: percentile(took, 0.99),
    bars: [{ what: 'ms', bar: 20, got: p50, sense: 'at most' }],
  };
}
