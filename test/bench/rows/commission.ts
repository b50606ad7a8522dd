import type { Installation } from '../installation.js';
import { drive } from '../http-load.js';
import type { Result, Row } from '../row.js';
import { copyAgain, rowsBetween } from '../same-rows.js';
import { commissionBody, downloadSerials, orderSerials, rangeOf, registerLot } from '../stock.js';

const CONNECTIONS = 6;
const PACKS = 1000;
const WARM_UP = 40;
const EVENTS = 260;
const TOTAL = (WARM_UP + EVENTS) * PACKS;

type BodyOf = (event: number) => string;

/** Events of 1,000 packs, by a range of an order and by a list of serial numbers. */
export const commission: Row = async (bench) => {
  const installation = await bench.installation();
  const { bytesPerPack } = await installation.stock();
  await registerLot(installation, 'BENCH-2', 10_000_000);
  const range = await byRange(installation);
  const bars = [...range.bars, { what: 'bytes a pack', bar: 300, got: bytesPerPack, sense: 'at most' } as const];
  return [{ ...range, bars }, await byList(installation)];
};

async function byRange(installation: Installation): Promise<Result> {
  const order = await orderSerials(installation, 'bench-range', TOTAL);
  return measure(installation, 'range of an order', (event) =>
    commissionBody('BENCH-2', rangeOf(order, event * PACKS, PACKS)),
  );
}

async function byList(installation: Installation): Promise<Result> {
  const serials = await downloadSerials(installation, await orderSerials(installation, 'bench-list', TOTAL));
  return measure(installation, 'list of serials', (event) => {
    const list = serials.slice(event * PACKS, (event + 1) * PACKS).join('","');
    return commissionBody('BENCH-2', `"serials":["${list}"]`);
  });
}

async function measure(installation: Installation, how: string, bodyOf: BodyOf): Promise<Result> {
  const { url, tokens, database } = installation;
  let event = 0;
  const first = await installation.logEnd();
  const got = await drive({
    url,
    connections: CONNECTIONS,
    warmUp: WARM_UP,
    count: EVENTS,
    token: () => tokens.factory,
    next: () => ({ body: bodyOf(event++) }),
  });
  const rows = rowsBetween(first, (await installation.logEnd()) - 1, 'commissioned_in');
  const ceiling = (TOTAL / (await copyAgain(database, rows))) * 1000;
  const packs = got.perSecond * PACKS;
  return {
    row: 'commission',
    work: `commission, events of 1,000 (${how})`,
    value: packs,
    unit: 'packs/s',
    p50: got.p50,
    p99: got.p99,
    ceiling: { what: 'binary COPY of the same rows into the same tables', value: ceiling },
    bars: [{ what: 'packs/s', bar: 50_000, got: packs, sense: 'at least' }],
  };
}
