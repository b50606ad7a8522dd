import { CLINIC, FACTORY } from '../places.js';
import { drive } from '../http-load.js';
import type { Row } from '../row.js';
import { LOT, operation } from '../stock.js';

const CONNECTIONS = 64;
const WARM_UP = 10_000;
const COUNT = 40_000;

const VERIFY = `mutation ($input: VerifyInput!) { verify(input: $input) {
  verdict reason { code text } advice { code text } product { name strength } lot expiry
  evidence { position ageSeconds } reading { status } } }`;
const SELECT = 'query ($id: ID!) { serialOrder(id: $id) { id gtin quantity createdAt } }';

const scanOf = (serial: string): string =>
  JSON.stringify(`]d201${FACTORY.gtin}17${LOT.expiry.slice(2).replaceAll('-', '')}10${LOT.number}\u001d21${serial}`);

/** Half of the scans at a clinic that holds the packs, half at the factory that holds its own. */
export const verify: Row = async (bench) => {
  const installation = await bench.installation();
  const { url, tokens } = installation;
  const stock = await installation.stock();
  const places = [
    { token: tokens.factory, site: FACTORY.site, packs: stock.atFactory },
    { token: tokens.clinic, site: CLINIC.site, packs: stock.keptAtClinic },
  ] as const;
  const place = (connection: number) => places[(connection % 2) as 0 | 1];
  const load = { url, connections: CONNECTIONS, warmUp: WARM_UP, count: COUNT };
  const got = await drive({
    ...load,
    token: (connection) => place(connection).token,
    next: (connection) => {
      const { site, packs } = place(connection);
      const scan = scanOf(packs[Math.floor(Math.random() * packs.length)]!);
      return { body: operation(VERIFY, `{"input":{"scan":${scan},"site":"${site}"}}`) };
    },
  });
  const body = operation(SELECT, `{"id":"${stock.order}"}`);
  const ceiling = await drive({ ...load, token: () => tokens.factory, next: () => ({ body }) });
  return [
    {
      row: 'verify',
      work: `verify a pack, ${CONNECTIONS} clients`,
      value: got.perSecond,
      unit: '/s',
      p50: got.p50,
      p99: got.p99,
      ceiling: {
        what: `the same server answering one prepared select (serialOrder), p99 ${ceiling.p99.toFixed(1)} ms`,
        value: ceiling.perSecond,
      },
      bars: [
        { what: '/s', bar: 5000, got: got.perSecond, sense: 'at least' },
        { what: 'ms p99', bar: 25, got: got.p99, sense: 'at most' },
      ],
    },
  ];
};
