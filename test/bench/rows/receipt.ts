import { CLINIC } from '../places.js';
import { drive, type Measured } from '../http-load.js';
import { eventually } from '../../support/eventually.js';
import { growLongLog } from '../long-log.js';
import type { Bar, Result, Row } from '../row.js';
import { epcOf, operation } from '../stock.js';

const CONNECTIONS = 6;
const WARM_UP = 4000;
const COUNT = 20_000;
const ENTRIES = 10_000_000;
/** One generated entry in so many belongs to an event that is asked for. */
const EVERY = 200;

const DISPENSE = 'mutation ($input: DispenseInput!) { dispense(input: $input) { event { position } } }';

/** Receipts of one-pack events, taken at random out of a log of ten million entries; and of packs commissioned by the thousand. */
export const receipt: Row = async (bench) => {
  const installation = await bench.installation();
  const { url, tokens, client, database } = installation;
  const stock = await installation.stock();
  const [serial] = stock.takeAtClinic(1);
  const input = { site: CLINIC.site, eventTime: new Date().toISOString(), epcs: [epcOf(serial!)] };
  const { dispense } = await client.ask<{ dispense: { event: { position: number } } }>(
    DISPENSE,
    { input },
    tokens.clinic,
  );
  const start = performance.now();
  const events = await growLongLog(database, ENTRIES, EVERY, dispense.event);
  bench.note(`log of ${ENTRIES} entries loaded after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const size = await eventually(
    'a final anchor holds every entry',
    async () => {
      const { rows } = await database.query<{ size: number; anchored: number | null }>(
        `select l.size, (select max(a.size) from anchor a where a.state = 'finalized') as anchored from log l`,
      );
      const [log] = rows;
      return log!.anchored !== null && log!.anchored >= ENTRIES && log!.size;
    },
    600_000,
  );
  bench.note(`anchored after ${((performance.now() - start) / 1000).toFixed(0)} s`);
  await database.query('vacuum analyze tile');
  const ask = (token: string, path: () => string): Promise<Measured> =>
    drive({
      url,
      connections: CONNECTIONS,
      warmUp: WARM_UP,
      count: COUNT,
      token: () => token,
      next: () => ({ path: path() }),
    });
  const pathOf = (position: number, epc: string) => `/log/receipt/${position}?epc=${encodeURIComponent(epc)}`;
  const got = await ask(tokens.clinic, () => {
    const { position, epc } = events[Math.floor(Math.random() * events.length)]!;
    return pathOf(position, epc);
  });
  const selects = await drive({
    url,
    connections: CONNECTIONS,
    warmUp: WARM_UP,
    count: COUNT,
    token: () => tokens.factory,
    next: () => ({ body: operation('query ($id: ID!) { serialOrder(id: $id) { id } }', `{"id":"${stock.order}"}`) }),
  });
  return [
    result(`receipt from a log of ${size} entries, ${CONNECTIONS} clients`, got, selects.perSecond, [
      { what: '/s', bar: 2000, got: got.perSecond, sense: 'at least' },
      { what: 'ms p99', bar: 10, got: got.p99, sense: 'at most' },
    ]),
  ];
};

const result = (work: string, got: Measured, selects: number, bars: readonly Bar[]): Result => ({
  row: 'receipt',
  work,
  value: got.perSecond,
  unit: '/s',
  p50: got.p50,
  p99: got.p99,
  ceiling: { what: 'the same server answering one prepared select', value: selects },
  bars,
});
