import { FACTORY } from '../places.js';
import { percentile, timed } from '../figures.js';
import type { Row } from '../row.js';
import { LOT } from '../stock.js';

const ASKED = 100;
const LOOSE = 5000;

const RECALL = 'mutation ($input: RecallLotInput!) { recallLot(input: $input) { event { position } } }';
const WHO = `query ($gtin: String!, $lot: String!) { recall(gtin: $gtin, lot: $lot) { whereabouts {
  packs stock { organisation { name } site { gln } life packs }
  inTransit { sscc packs from { gln } to { gln } since } } } }`;

/** A lot of a million packs is recalled while some are on their way; then the regulator asks who has what. */
export const recall: Row = async (bench) => {
  const installation = await bench.installation();
  const { client, tokens } = installation;
  const stock = await installation.stock();
  await stock.sendAway([stock.pallet, stock.smallCase]);
  await stock.sendAway(stock.takeAtFactory(LOOSE));
  const { gtin, site } = FACTORY;
  const input = { gtin, lot: LOT.number, site, eventTime: new Date().toISOString(), kind: 'RECALLED', class: 1 };
  await client.ask(RECALL, { input: { ...input, reason: 'measured' } }, tokens.quality);
  const ask = () => client.ask(WHO, { gtin, lot: LOT.number }, tokens.regulator);
  await timed(10, ask);
  const took = await timed(ASKED, ask);
  const p99 = percentile(took, 0.99);
  return [
    {
      row: 'recall',
      work: 'who holds a lot of 1,000,000 packs now',
      value: percentile(took, 0.5),
      unit: 'ms',
      p50: percentile(took, 0.5),
      p99,
      bars: [{ what: 'ms p99', bar: 200, got: p99, sense: 'at most' }],
    },
  ];
};
