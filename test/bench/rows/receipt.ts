import { CLINIC } from '../places.js';
import { drive } from '../http-load.js';
import { eventually } from '../../support/eventually.js';
import type { Row } from '../row.js';
import { epcOf, operation } from '../stock.js';

const CONNECTIONS = 16;
const WARM_UP = 2000;
const COUNT = 10_000;
const EVENTS = 5000;

const DISPENSE_EACH = `mutation ($inputs: [DispenseInput!]!) {
  dispenseEach(inputs: $inputs) { result { event { position } } refusal { code } } }`;

/** Receipts of one-pack events from the log as it is by then. The bar is for a log of 10 M entries. */
export const receipt: Row = async (bench) => {
  const installation = await bench.installation();
  const { url, tokens, client, database } = installation;
  const stock = await installation.stock();
  const paths: string[] = [];
  const packs = stock.takeAtClinic(EVENTS);
  for (let from = 0; from < EVENTS; from += 500) {
    const batch = packs.slice(from, from + 500);
    const inputs = batch.map((serial) => ({
      site: CLINIC.site,
      eventTime: new Date().toISOString(),
      epcs: [epcOf(serial)],
    }));
    const { dispenseEach } = await client.ask<{ dispenseEach: { result: { event: { position: number } } }[] }>(
      DISPENSE_EACH,
      { inputs },
      tokens.clinic,
    );
    dispenseEach.forEach(({ result }, index) => {
      paths.push(`/log/receipt/${result.event.position}?epc=${encodeURIComponent(epcOf(batch[index]!))}`);
    });
  }
  const size = await eventually(
    'a final anchor holds every event',
    async () => {
      const { rows } = await database.query<{ size: number; anchored: number | null }>(
        `select l.size, (select max(a.size) from anchor a where a.state = 'finalized') as anchored from log l`,
      );
      const [log] = rows;
      return log!.anchored !== null && log!.anchored >= log!.size && log!.size;
    },
    120_000,
  );
  const got = await drive({
    url,
    connections: CONNECTIONS,
    warmUp: WARM_UP,
    count: COUNT,
    token: () => tokens.clinic,
    next: () => ({ path: paths[Math.floor(Math.random() * paths.length)]! }),
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
    {
      row: 'receipt',
      work: `receipt from a log of ${size} entries, ${CONNECTIONS} clients`,
      value: got.perSecond,
      unit: '/s',
      p50: got.p50,
      p99: got.p99,
      ceiling: { what: 'the same server answering one prepared select', value: selects.perSecond },
      bars: [
        { what: '/s', bar: 2000, got: got.perSecond, sense: 'at least' },
        { what: 'ms p99', bar: 10, got: got.p99, sense: 'at most' },
      ],
    },
  ];
};
