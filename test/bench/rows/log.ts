import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { CLINIC } from '../places.js';
import { drive, type Measured } from '../http-load.js';
import { percentile } from '../figures.js';
import type { Row } from '../row.js';
import { epcOf, operation } from '../stock.js';

const EVENTS = 24_000;
const WARM_UP = 2000;
const DOCUMENT = 100;
const CONNECTIONS = 3;
const LOOK_EVERY_MS = 10;

const DISPENSE_EACH = `mutation ($inputs: [DispenseInput!]!) {
  dispenseEach(inputs: $inputs) { result { event { position } } refusal { code } } }`;

/** One-pack events through two API processes of one installation, and how long each waits until it is in the tiles. */
export const log: Row = async (bench) => {
  const installation = await bench.installation();
  const stock = await installation.stock();
  const packs = [...stock.takeAtClinic(EVENTS + WARM_UP)];
  const load = (url: string): Promise<Measured> =>
    drive({
      url,
      token: () => installation.tokens.clinic,
      connections: CONNECTIONS,
      warmUp: WARM_UP / DOCUMENT / 2,
      count: EVENTS / DOCUMENT / 2,
      next: () => ({
        body: operation(DISPENSE_EACH, `{"inputs":[${packs.splice(0, DOCUMENT).map(inputOf).join(',')}]}`),
      }),
    });
  return installation.withSecondServer(async (second) => {
    const watch = watchIntegration(installation.databases[1]);
    const start = performance.now();
    await Promise.all([load(installation.url), load(second)]);
    const seconds = (performance.now() - start) / 1000;
    const delays = await watch.stop();
    const rate = (EVENTS + WARM_UP) / seconds;
    const slowest = Math.max(...delays);
    return [
      {
        row: 'log',
        work: `entries through two API processes, documents of ${DOCUMENT}; times from captured to integrated`,
        value: rate,
        unit: 'entries/s',
        p50: percentile(delays, 0.5),
        p99: percentile(delays, 0.99),
        bars: [
          { what: 'entries/s', bar: 5000, got: rate, sense: 'at least' },
          { what: 'ms until integrated, the slowest', bar: 1000, got: slowest, sense: 'at most' },
        ],
      },
    ];
  });
};

const inputOf = (serial: string): string =>
  `{"site":"${CLINIC.site}","eventTime":"${new Date().toISOString()}","epcs":["${epcOf(serial)}"]}`;

/** Looks at the log's size and at that of its tiles; `stop` answers how long each size seen took to be integrated. */
function watchIntegration(database: pg.Client): { stop(): Promise<number[]> } {
  const seen: { at: number; captured: number; integrated: number }[] = [];
  let on = true;
  const looking = (async () => {
    for (;;) {
      const { rows } = await database.query<{ captured: number; integrated: number }>(
        'select l.size as captured, t.size as integrated from log l join tree t on t.log = l.number where l.number = 0',
      );
      const [row] = rows;
      seen.push({ at: performance.now(), ...row! });
      if (!on && row!.captured === row!.integrated) return;
      await delay(LOOK_EVERY_MS);
    }
  })();
  return {
    async stop() {
      on = false;
      await looking;
      return seen
        .map(({ at, captured }) => seen.find(({ integrated }) => integrated >= captured)!.at - at)
        .map((ms) => Math.max(0, ms));
    },
  };
}
