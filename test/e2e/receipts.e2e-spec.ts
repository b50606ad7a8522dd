import { checkReceipt } from '../../src/domain/receipt/check.js';
import { parseReceipt } from '../../src/domain/receipt/receipt.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const EPC = `https://id.gs1.org/01/${GTIN}/21/RECEIPT1`;
const FACTORY = '9521001001014';
const DEPOT = '9522001001011';
const RECEIPT =
  'query ($position: Position!, $epc: String!) { receipt(position: $position, epc: $epc) { stage file } }';

let app: TestApp;
let commissioned: number;

interface Made {
  readonly event: { readonly position: number; readonly eventID: string };
}

async function act(token: string, name: string, type: string, input: object): Promise<Made> {
  const query = `mutation ($input: ${type}!) { made: ${name}(input: $input) { event { position eventID } } }`;
  const { made } = await app.ask<{ made: Made }>(
    query,
    { input: { eventTime: '2026-11-20T09:00:00.000+03:00', ...input } },
    token,
  );
  return made;
}

beforeAll(async () => {
  app = await startApp({ demo: true });
  const maker = await tokenOf(app, 'operator@kilimani.example');
  const depot = await tokenOf(app, 'operator@pwani.example');
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: { gtin: GTIN, number: 'REC1', expiry: '2029-01-31', quantity: 2 } },
    maker,
  );
  const input = { site: FACTORY, gtin: GTIN, lot: 'REC1', serials: ['RECEIPT1', 'RECEIPT2'] };
  commissioned = (await act(maker, 'commission', 'CommissionInput', input)).event.position;
  const shipped = await act(maker, 'ship', 'ShipInput', { site: FACTORY, epcs: [EPC], consignee: DEPOT });
  await act(depot, 'receive', 'ReceiveInput', { site: DEPOT, shipment: shipped.event.eventID });
});
afterAll(() => app.close());

describe('a receipt leaves with the pack', () => {
  it('proves the commissioning to whoever holds the pack now', async () => {
    const depot = await tokenOf(app, 'operator@pwani.example');
    const file = await eventually('a receipt that a final block stands behind', async () => {
      const { data } = await app.graphql(RECEIPT, { position: commissioned, epc: EPC }, depot);
      const receipt = (data as { receipt: { stage: string; file: string } | null } | null)?.receipt;
      return receipt?.stage === 'FINAL' && receipt.file;
    });
    const receipt = parseReceipt(file);
    expect(checkReceipt(receipt).holds).toBe(true);
    expect(file).toContain('RECEIPT1');
    expect(file).not.toContain('RECEIPT2');
  });

  it('is hidden from those who never held it, as if there were no such event', async () => {
    const clinic = await tokenOf(app, 'pharmacist@kibera.example');
    const hidden = await app.refusal(RECEIPT, { position: commissioned, epc: EPC }, clinic);
    const absent = await app.refusal(RECEIPT, { position: 1_000_000, epc: EPC }, clinic);
    expect(hidden.extensions?.['code']).toBe('NOT_FOUND');
    expect(absent.extensions?.['code']).toBe('NOT_FOUND');
    expect(hidden.message.replace(String(commissioned), 'N')).toBe(absent.message.replace('1000000', 'N'));
  });

  it('of a pack that somebody else holds is not to be had through the pack that one holds', async () => {
    const depot = await tokenOf(app, 'operator@pwani.example');
    const other = EPC.replace('RECEIPT1', 'RECEIPT2');
    const refusal = await app.refusal(RECEIPT, { position: commissioned, epc: other }, depot);
    expect(refusal.extensions?.['code']).toBe('NOT_FOUND');
  });
});
