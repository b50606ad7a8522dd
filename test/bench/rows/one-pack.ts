import { CLINIC } from '../places.js';
import { drive } from '../http-load.js';
import type { Row } from '../row.js';
import { insertAgain, rowsBetween } from '../same-rows.js';
import { epcOf, operation } from '../stock.js';

const CONNECTIONS = 256;
const WARM_UP = 6000;
const EVENTS = 24_000;
const DOCUMENT = 100;
const DOCUMENT_CONNECTIONS = 6;
/** Rows of each table in one commit of the ceiling. */
const GROUP = 100;

const DISPENSE = 'mutation ($input: DispenseInput!) { dispense(input: $input) { event { eventID position } } }';
const DISPENSE_EACH = `mutation ($inputs: [DispenseInput!]!) {
  dispenseEach(inputs: $inputs) { result { event { eventID position } } refusal { code } } }`;

const inputOf = (serial: string): string =>
  `{"site":"${CLINIC.site}","eventTime":"${new Date().toISOString()}","epcs":["${epcOf(serial)}"]}`;

/** One pack dispensed in one event; then the same in documents of 100. */
export const onePack: Row = async (bench) => {
  const installation = await bench.installation();
  const { url, tokens } = installation;
  const stock = await installation.stock();
  const token = () => tokens.clinic;

  const packs = stock.takeAtClinic(WARM_UP + EVENTS);
  const first = await installation.logEnd();
  let at = 0;
  const single = await drive({
    url,
    token,
    connections: CONNECTIONS,
    warmUp: WARM_UP,
    count: EVENTS,
    next: () => ({ body: operation(DISPENSE, `{"input":${inputOf(packs[at++]!)}}`) }),
  });

  const more = stock.takeAtClinic(WARM_UP + EVENTS);
  let from = 0;
  const documents = await drive({
    url,
    token,
    connections: DOCUMENT_CONNECTIONS,
    warmUp: WARM_UP / DOCUMENT,
    count: EVENTS / DOCUMENT,
    next: () => {
      const inputs = more
        .slice(from, (from += DOCUMENT))
        .map(inputOf)
        .join(',');
      return { body: operation(DISPENSE_EACH, `{"inputs":[${inputs}]}`) };
    },
  });
  const last = (await installation.logEnd()) - 1;
  const took = await insertAgain(installation.databases, rowsBetween(first, last, 'changed_in'), GROUP);
  const ceiling = {
    what: `the same rows in bare multi-row inserts, ${GROUP} a commit, two connections`,
    value: ((last - first + 1) / took) * 1000,
  };
  const rate = documents.perSecond * DOCUMENT;
  return [
    {
      row: 'one-pack',
      work: `one-pack events, a request each, ${CONNECTIONS} clients`,
      value: single.perSecond,
      unit: 'events/s',
      p50: single.p50,
      p99: single.p99,
      ceiling,
      bars: [{ what: 'events/s', bar: 3000, got: single.perSecond, sense: 'at least' }],
    },
    {
      row: 'one-pack',
      work: `one-pack events, documents of ${DOCUMENT} (dispenseEach)`,
      value: rate,
      unit: 'events/s',
      p50: documents.p50,
      p99: documents.p99,
      ceiling,
      bars: [{ what: 'events/s', bar: 6000, got: rate, sense: 'at least' }],
    },
  ];
};
