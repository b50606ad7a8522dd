import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/full';
import { sgtinUri, ssccUri } from '../../src/domain/gs1/epc.js';
import { makeSscc } from '../../src/domain/gs1/sscc.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000994';
const PREFIX = '9521001';
const FACTORY = '9521001001014';
const DEPOT = '9522001001028';
const CLINIC = '9523001001018';
const LOT = 'L/1<b>';
const EXPIRY = '2028-12-31';
const SERIAL = 'A(1)%b.svg';
const IN_CASE = 'IN-CASE';
const PALLET = makeSscc(1, PREFIX, 7);

let app: TestApp;
let ordered: string;
const tokens: Record<string, string> = {};
let count = 0;

const take = async (who: string, step: string, site: string, input: Record<string, unknown>): Promise<string> => {
  const type = `${step[0]!.toUpperCase()}${step.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { step: ${step}(input: $input) { event { eventID document } } }`;
  const eventTime = new Date(Date.now() - 60_000 + count++).toISOString();
  const variables = { input: { site, eventTime, ...input } };
  const { step: made } = await app.ask<{ step: { event: { eventID: string; document: { parentID?: string } } } }>(
    query,
    variables,
    tokens[who],
  );
  return made.event.document.parentID ?? made.event.eventID;
};

const registerLot = (number: string) =>
  app.ask(
    `mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }`,
    { input: { gtin: GTIN, number, expiry: EXPIRY, quantity: 100 } },
    tokens['maker'],
  );

async function orderOne(): Promise<{ id: string; serials: string[] }> {
  const query = `mutation ($input: OrderSerialNumbersInput!) { orderSerialNumbers(input: $input) { id serials(count: 1) } }`;
  const input = { gtin: GTIN, quantity: 1, reference: 'labels' };
  const made = await app.ask<{ orderSerialNumbers: { id: string; serials: string[] } }>(
    query,
    { input },
    tokens['maker'],
  );
  return made.orderSerialNumbers;
}

/** Two packs at their maker, and one in a case on a pallet that a distributor holds; a clinic has nothing. */
async function prepare(): Promise<void> {
  await app.ask(
    'mutation ($input: ProductInput!) { registerProduct(input: $input) { gtin } }',
    {
      input: { gtin: GTIN, name: 'Amoxil & <Co>', form: 'capsule', strength: '500 mg', packSize: 21, market: 'KE' },
    },
    tokens['admin'],
  );
  await registerLot(LOT);
  await registerLot('L2');
  const { id, serials } = await orderOne();
  ordered = serials[0]!;
  const lot = { gtin: GTIN, lot: LOT };
  await take('maker', 'commission', FACTORY, { ...lot, range: { order: id, from: 0, count: 1 } });
  await take('maker', 'commission', FACTORY, { ...lot, serials: [SERIAL, IN_CASE] });
  const inner = await take('maker', 'pack', FACTORY, { epcs: [sgtinUri(GTIN, IN_CASE)] });
  await take('maker', 'pack', FACTORY, { epcs: [inner], sscc: PALLET });
  const shipment = await take('maker', 'ship', FACTORY, { epcs: [ssccUri(PALLET)], consignee: DEPOT });
  await take('distributor', 'receive', DEPOT, { shipment });
}

beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/full/zxing_full.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  app = await startApp({ demo: true });
  const people = {
    admin: 'admin@kilimani.example',
    maker: 'operator@kilimani.example',
    distributor: 'operator@pwani.example',
    clinic: 'pharmacist@kibera.example',
    regulator: 'inspector@authority.example',
  };
  for (const [who, email] of Object.entries(people)) tokens[who] = await tokenOf(app, email);
  await prepare();
});

afterAll(async () => {
  await app?.close();
});

async function get(path: string, who?: string): Promise<Response> {
  return app.rest(path, who === undefined ? {} : { headers: { authorization: `Bearer ${tokens[who]}` } });
}

const statusOf = async (path: string, who: string): Promise<number> => (await get(path, who)).status;

/** What a scanner sends for the only symbol of a PNG. */
async function scanOf(response: Response): Promise<string> {
  const readings = await readBarcodes(new Uint8Array(await response.arrayBuffer()));
  expect(readings).toHaveLength(1);
  return readings[0]!.symbologyIdentifier + Buffer.from(readings[0]!.bytes).toString('latin1');
}

const ask = (who: string, query: string, variables: Record<string, unknown> = {}) =>
  app.ask(query, variables, tokens[who]);
const codeOf = async (who: string, query: string): Promise<string> =>
  (await app.refusal(query, {}, tokens[who])).extensions.code;

const packUrl = (suffix: string, serial = SERIAL): string =>
  `/labels/01/${GTIN}/21/${encodeURIComponent(serial)}${suffix}`;
const lotUrl = `/labels/01/${GTIN}/10/${encodeURIComponent(LOT)}.svg`;
const newPallet = makeSscc(1, PREFIX, 4_711);

describe('labels as plain URLs', () => {
  it('draw the recorded lot and expiry of a pack, and read back', async () => {
    for (const serial of [SERIAL, ordered]) {
      const answer = await get(packUrl('.png?dpi=600&name=true', serial), 'maker');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(answer.headers.get('cache-control')).toMatch(/^private/);
      expect(await scanOf(answer)).toBe(`]d201${GTIN}21${serial}\u001d1728123110${LOT}`);
    }
  });

  it('draw SVG that no lot or name can add markup to', async () => {
    const answer = await get(packUrl('.svg?name=true&symbology=digital-link-qr'), 'maker');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    const svg = await answer.text();
    expect(svg).toContain('(10)L/1&lt;b&gt;');
    expect(svg).toContain('Amoxil &amp; &lt;Co&gt;');
    expect(svg).not.toContain('<b>');
    expect(svg).not.toContain('<Co>');
  });

  it('draw lots, products and containers', async () => {
    expect(await statusOf(lotUrl, 'maker')).toBe(200);
    expect(await scanOf(await get(`/labels/01/${GTIN}.png`, 'maker'))).toBe(`]d201${GTIN}`);
    expect(await scanOf(await get(`/labels/00/${PALLET}.png`, 'distributor'))).toBe(`]C100${PALLET}`);
  });

  it('draw a container before it is packed, for the owner of its prefix alone', async () => {
    expect(await scanOf(await get(`/labels/00/${newPallet}.png`, 'maker'))).toBe(`]C100${newPallet}`);
    for (const who of ['distributor', 'clinic', 'regulator'])
      expect(await statusOf(`/labels/00/${newPallet}.svg`, who)).toBe(404);
    expect(await statusOf(`/labels/00/${makeSscc(1, '9522001', 1)}.svg`, 'maker')).toBe(404);
    const mistyped = newPallet.slice(0, -1) + String((Number(newPallet.at(-1)) + 1) % 10);
    expect(await statusOf(`/labels/00/${mistyped}.svg`, 'maker')).toBe(422);
  });

  it('draw a product for the owner of its prefix, registered or not, and for the regulator', async () => {
    const unregistered = '09521001000987';
    expect(await statusOf(`/labels/01/${unregistered}.svg`, 'maker')).toBe(200);
    expect(await statusOf(`/labels/01/${unregistered}.svg`, 'regulator')).toBe(404);
    expect(await statusOf(`/labels/01/${GTIN}.svg`, 'regulator')).toBe(200);
    for (const who of ['distributor', 'clinic']) expect(await statusOf(`/labels/01/${GTIN}.svg`, who)).toBe(404);
  });

  it('are for those who hold the pack, own its GTIN or oversee, and for others not there', async () => {
    const inCase = packUrl('.svg', IN_CASE);
    for (const who of ['maker', 'distributor', 'regulator']) expect(await statusOf(inCase, who)).toBe(200);
    const hidden = await get(inCase, 'clinic');
    const absent = await get(packUrl('.svg', 'NO-SUCH'), 'clinic');
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(await hidden.json()).toEqual({
      ...((await absent.json()) as object),
      requestId: expect.any(String),
    });
    expect(await statusOf(packUrl('.svg'), 'distributor')).toBe(404);
    expect(await statusOf(`/labels/00/${PALLET}.svg`, 'clinic')).toBe(404);
    expect((await get(inCase)).status).toBe(401);
  });

  it('of a lot are for whoever holds packs of it, loose or in a container, while they hold them', async () => {
    for (const who of ['maker', 'distributor', 'regulator']) expect(await statusOf(lotUrl, who)).toBe(200);
    expect(await statusOf(lotUrl, 'clinic')).toBe(404);
    expect(await statusOf(`/labels/01/${GTIN}/10/L2.svg`, 'distributor')).toBe(404);
  });

  it('leave a trace when the regulator reads', async () => {
    await get(packUrl('.svg', IN_CASE), 'regulator');
    const rows = await app.database.query(
      'test_trail',
      `select 1 from access_trail where operation = 'label' and subject = $1`,
      [sgtinUri(GTIN, IN_CASE)],
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  it('say what is wrong with a request, and where', async () => {
    const refused = async (path: string) => {
      const answer = await get(path, 'maker');
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const { code, details } = (await answer.json()) as { code: string; details: { pointer: string } };
      return [answer.status, code, details.pointer];
    };
    expect(await refused(packUrl('.gif'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/format']);
    expect(await refused(packUrl('.svg?symbology=aztec'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/symbology']);
    expect(await refused(packUrl('.svg?colour=red'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/colour']);
    expect(await refused(packUrl('.png?dpi=10'))).toEqual([422, 'LABEL_DPI_OUT_OF_RANGE', '/dpi']);
    expect(await refused(packUrl('.svg?lot=OTHER'))).toEqual([422, 'LABEL_LOT_DIFFERS', '/lot']);
    expect(await refused('/labels/01/09521001000995/21/A.svg')).toEqual([422, 'GTIN_INVALID', '/gtin']);
    expect(await refused('/labels/01/09521001000995.svg')).toEqual([422, 'GTIN_INVALID', '/gtin']);
    expect(await refused(`/labels/01/${GTIN}/21/a%20b.svg`)).toEqual([422, 'SERIAL_INVALID', '/serial']);
    expect(await refused('/labels/00/1.svg')).toEqual([422, 'SSCC_INVALID', '/sscc']);
  });
});

describe('labels through GraphQL', () => {
  const fields = '{ svg pngBase64 mediaType elementString digitalLink hri widthMm heightMm }';
  const lot = JSON.stringify(LOT);

  it('give picture, element string, link and interpretation of a pack', async () => {
    const query = `{ packLabel(gtin: "${GTIN}", serial: "${SERIAL}", style: { format: PNG, symbology: GS1_QR }) ${fields} }`;
    expect((await ask('maker', query))['packLabel']).toMatchObject({
      svg: null,
      pngBase64: expect.stringMatching(/^iVBOR/),
      mediaType: 'image/png',
      elementString: `01${GTIN}21${SERIAL}\u001d1728123110${LOT}`,
      digitalLink: `https://id.gs1.org/01/${GTIN}/10/L%2F1%3Cb%3E/21/A%281%29%25b.svg?17=281231`,
      hri: [`(01)${GTIN}`, `(21)${SERIAL}`, '(17)281231', `(10)${LOT}`],
    });
  });

  it('give products and containers before they are packed', async () => {
    const query = `{ productLabel(gtin: "${GTIN.slice(1)}") { elementString digitalLink hri }
      containerLabel(sscc: "${newPallet}") { elementString } }`;
    expect(await ask('maker', query)).toEqual({
      productLabel: {
        elementString: `01${GTIN}`,
        digitalLink: `https://id.gs1.org/01/${GTIN}`,
        hri: [`(01)${GTIN}`],
      },
      containerLabel: { elementString: `00${newPallet}` },
    });
    expect(await codeOf('distributor', `{ productLabel(gtin: "${GTIN}") { hri } }`)).toBe('NOT_FOUND');
    expect(await codeOf('distributor', `{ containerLabel(sscc: "${newPallet}") { hri } }`)).toBe('NOT_FOUND');
  });

  it('print packs that are not commissioned yet for the owner of the GTIN alone', async () => {
    const query = `{ packLabel(gtin: "${GTIN}", serial: "NEW1", lot: ${lot}) { hri } }`;
    expect(await ask('maker', query)).toMatchObject({ packLabel: { hri: expect.arrayContaining(['(21)NEW1']) } });
    expect(await codeOf('distributor', query)).toBe('NOT_FOUND');
    expect(await codeOf('maker', query.replace(lot, '"NONE"'))).toBe('NOT_FOUND');
  });

  it('print many, in order', async () => {
    const serials = Array.from({ length: 120 }, (_, index) => `S${index}`);
    const query = `query ($serials: [String!]!) {
      serialLabels(gtin: "${GTIN}", lot: ${lot}, serials: $serials) { hri svg } }`;
    const labels = (await ask('maker', query, { serials }))['serialLabels'] as { hri: string[]; svg: string }[];
    expect(labels.map(({ hri }) => hri[1])).toEqual(serials.map((serial) => `(21)${serial}`));
    expect(new Set(labels.map(({ svg }) => svg)).size).toBe(120);
  });

  it('page through the packs of a lot and the lots of a GTIN', async () => {
    const page = async (after: string) => {
      const query = `{ packLabels(gtin: "${GTIN}", lot: ${lot}, first: 2${after}) { nodes { hri } pageInfo { hasNextPage endCursor } } }`;
      return (await ask('maker', query))['packLabels'] as {
        nodes: { hri: string[] }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    const first = await page('');
    const second = await page(`, after: "${first.pageInfo.endCursor}"`);
    const sorted = [SERIAL, IN_CASE, ordered].sort();
    expect([...first.nodes, ...second.nodes].map(({ hri }) => hri[1])).toEqual(sorted.map((serial) => `(21)${serial}`));
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const lots = `{ lotLabels(gtin: "${GTIN}") { nodes { elementString } } }`;
    expect(await ask('regulator', lots)).toEqual({
      lotLabels: {
        nodes: [{ elementString: `01${GTIN}1728123110${LOT}` }, { elementString: `01${GTIN}1728123110L2` }],
      },
    });
    for (const who of ['clinic', 'distributor']) expect(await codeOf(who, lots)).toBe('NOT_FOUND');
  });

  it('give a lot to a holder who does not own it, and no list of its packs', async () => {
    const query = `{ lotLabel(gtin: "${GTIN}", lot: ${lot}) { elementString } }`;
    expect(await ask('distributor', query)).toEqual({ lotLabel: { elementString: `01${GTIN}1728123110${LOT}` } });
    expect(await codeOf('clinic', query)).toBe('NOT_FOUND');
    const packs = `{ packLabels(gtin: "${GTIN}", lot: ${lot}) { nodes { hri } } }`;
    expect(await codeOf('distributor', packs)).toBe('NOT_FOUND');
  });

  it('refuse a serial number that is recorded in another lot', async () => {
    const query = `{ serialLabels(gtin: "${GTIN}", lot: "L2", serials: ["X", "${IN_CASE}"]) { hri } }`;
    expect(await codeOf('maker', query)).toBe('LABEL_LOT_DIFFERS');
  });
});

describe('a lot that has moved on', () => {
  it('is no longer the label of who held it, and is of who receives it', async () => {
    const shipment = await take('distributor', 'ship', DEPOT, { epcs: [ssccUri(PALLET)], consignee: CLINIC });
    await take('clinic', 'receive', CLINIC, { shipment });
    expect(await statusOf(lotUrl, 'clinic')).toBe(200);
    expect(await statusOf(lotUrl, 'distributor')).toBe(404);
    expect(await statusOf(packUrl('.svg', IN_CASE), 'distributor')).toBe(404);
  });
});
