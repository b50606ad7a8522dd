import { readEvidence } from '../../apps/verifier/src/evidence.js';
import { buildPageIfStale } from '../../apps/verifier/page/build.mjs';
import { checkReceipt, eventEntry } from '../../src/domain/receipt/check.js';
import { eventOfTlogProof } from '../../src/domain/receipt/derived.js';
import type { Receipt } from '../../src/domain/receipt/receipt.js';
import { parseReceipt } from '../../src/domain/receipt/receipt.js';
import { parseReceiptSet, receiptFromSet } from '../../src/domain/receipt/receipt-set.js';
import { parseTrust } from '../../src/domain/receipt/trust.js';
import { checkCoseReceipt, parseTlogProof, parseVerifierKey } from '../../src/domain/tlog/index.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const LOT = 'DOORS1';
const epcOf = (serial: string): string => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const [ONE, TWO, THREE] = [epcOf('DOOR1'), epcOf('DOOR2'), epcOf('DOOR3')];
const FACTORY = '9521001001014';
const DEPOT = '9522001001011';

let app: TestApp;
let maker: string;
let depot: string;
let clinic: string;
let regulator: string;
let commissioned: number;
let shipment: { readonly position: number; readonly eventID: string };

interface File {
  readonly stage: string;
  readonly file: string;
}

async function act(token: string, name: string, type: string, input: object) {
  const query = `mutation ($input: ${type}!) { made: ${name}(input: $input) { event { position eventID } } }`;
  const { made } = await app.ask<{ made: { event: { position: number; eventID: string } } }>(
    query,
    { input: { eventTime: '2026-11-20T09:00:00.000+03:00', ...input } },
    token,
  );
  return made.event;
}

const get = (path: string, token?: string, accept?: string): Promise<Response> =>
  app.rest(path, {
    redirect: 'manual',
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(accept && { accept }) },
  });

const shown = ({ event }: Receipt): Record<string, unknown> =>
  Object.fromEntries(event.disclosures.map(([, name, value]) => [name, value]));

const EVENT = `query ($position: Position!, $fields: [String!], $epcs: [String!]) {
  made: eventReceipt(position: $position, fields: $fields, epcs: $epcs) { stage file } }`;
const eventReceipt = async (token: string, wish: object, position = commissioned): Promise<Record<string, unknown>> =>
  shown(parseReceipt((await app.ask<{ made: File }>(EVENT, { position, ...wish }, token)).made.file));

const SHIPMENT = `query ($eventID: ID!, $fields: [String!], $epcs: [String!]) {
  made: shipmentReceipts(eventID: $eventID, fields: $fields, epcs: $epcs) { stage file receipts next } }`;
const LOT_RECEIPTS = `query ($gtin: String!, $lot: String!, $packs: Boolean, $later: Boolean, $after: Position, $first: Int) {
  made: lotReceipts(gtin: $gtin, lot: $lot, packs: $packs, later: $later, after: $after, first: $first) {
    stage file receipts next } }`;
const setOf = async (query: string, variables: object, token: string) => {
  const { made } = await app.ask<{ made: File & { receipts: number; next: number | null } }>(
    query,
    { ...variables },
    token,
  );
  const set = parseReceiptSet(made.file);
  return { ...made, all: set.members.map((_, i) => receiptFromSet(set, i)) };
};
const trusted = async () => parseTrust(await (await get('/.well-known/halisi.json')).text());

beforeAll(async () => {
  await buildPageIfStale();
  app = await startApp({ demo: true });
  [maker, depot, clinic, regulator] = await Promise.all([
    tokenOf(app, 'operator@kilimani.example'),
    tokenOf(app, 'operator@pwani.example'),
    tokenOf(app, 'pharmacist@kibera.example'),
    tokenOf(app, 'inspector@authority.example'),
  ]);
  const lot = { gtin: GTIN, number: LOT, expiry: '2029-01-31', quantity: 3 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    maker,
  );
  const make = (serials: string[], time: string) =>
    act(maker, 'commission', 'CommissionInput', { site: FACTORY, gtin: GTIN, lot: LOT, serials, eventTime: time });
  commissioned = (await make(['DOOR1', 'DOOR2'], '2026-11-20T09:00:00.000+03:00')).position;
  await make(['DOOR3'], '2026-11-20T09:05:00.000+03:00');
  const documents = { purchaseOrder: 'PO-77', despatchAdvice: 'DA-77' };
  shipment = await act(maker, 'ship', 'ShipInput', {
    site: FACTORY,
    epcs: [ONE, THREE],
    consignee: DEPOT,
    ...documents,
  });
  const receive = { site: DEPOT, shipment: shipment.eventID };
  await act(depot, 'receive', 'ReceiveInput', { ...receive, missing: [THREE] });
  await act(depot, 'receive', 'ReceiveInput', { ...receive, eventTime: '2026-11-20T19:00:00.000+03:00' });
  await eventually('a final anchor over everything', async () => {
    const { data } = await app.graphql<{ log: { size: number; final: number } }>('{ log { size final } }');
    return data !== null && data.log.final === data.log.size;
  });
});
afterAll(() => app.close());

describe('a receipt of an event', () => {
  it('shows all that its maker may see, when nothing is chosen', async () => {
    expect(await eventReceipt(maker, {})).toMatchObject({
      bizStep: 'commissioning',
      'epcList/~length': 2,
      'epcList/0': ONE,
      'epcList/1': TWO,
      'ilmd/cbvmda:lotNumber': LOT,
    });
  });

  it('shows the fields and the EPCs that are asked for, and nothing else', async () => {
    expect(await eventReceipt(maker, { fields: ['bizStep', 'readPoint'] })).toEqual({
      bizStep: 'commissioning',
      readPoint: { id: `https://id.gs1.org/414/${FACTORY}` },
    });
    const { 'epcList/1': named, ...rest } = await eventReceipt(maker, { epcs: [TWO] });
    expect(named).toBe(TWO);
    expect(JSON.stringify(rest)).not.toContain('DOOR1');
    expect(rest).toMatchObject({ bizStep: 'commissioning', 'ilmd/cbvmda:lotNumber': LOT });
  });

  it('shows whoever holds one of its packs that pack and nothing of trade or of others, whatever is asked for', async () => {
    const ofPack = await eventReceipt(depot, { fields: ['ilmd', 'readPoint'], epcs: [ONE] });
    expect(ofPack).toMatchObject({ 'ilmd/cbvmda:lotNumber': LOT, 'epcList/0': ONE });
    expect(JSON.stringify(ofPack)).not.toContain('DOOR2');
    for (const wish of [{ epcs: [TWO] }, { epcs: [ONE, TWO] }, {}]) {
      const refused = await app.refusal(EVENT, { position: commissioned, ...wish }, depot);
      expect(refused.extensions.code).toBe('NOT_FOUND');
    }
    const length = await app.refusal(
      EVENT,
      { position: commissioned, fields: ['epcList/~length'], epcs: [ONE] },
      depot,
    );
    expect(length.extensions.code).toBe('RECEIPT_FIELD_UNKNOWN');
  });

  it('says which field or EPC it has not, whether hidden or absent', async () => {
    const field = await app.refusal(EVENT, { position: commissioned, fields: ['price'] }, maker);
    expect(field.extensions).toMatchObject({ code: 'RECEIPT_FIELD_UNKNOWN', details: { field: 'price' } });
    const epc = await app.refusal(EVENT, { position: commissioned, epcs: [THREE] }, maker);
    expect(epc.extensions).toMatchObject({ code: 'RECEIPT_EPC_UNKNOWN', details: { epc: THREE } });
  });

  it('shows an auditor the evidence of any event, and nothing of its trade', async () => {
    const auditor = await tokenOf(app, 'auditor@uwazi.example');
    const ofShipping = await eventReceipt(auditor, {}, shipment.position);
    expect(ofShipping).toMatchObject({ bizStep: 'shipping', 'epcList/0': ONE });
    expect(JSON.stringify(ofShipping)).not.toMatch(/PO-77|DA-77|bizTransaction/);
    expect(JSON.stringify(await eventReceipt(maker, {}, shipment.position))).toContain('PO-77');
  });

  it('is not to be had of an event that one may not see', async () => {
    const refused = await app.refusal(EVENT, { position: commissioned, fields: ['bizStep'] }, clinic);
    expect(refused.extensions.code).toBe('NOT_FOUND');
  });
});

describe('receipts of a shipment', () => {
  it('are of the shipping and of every receiving, for its sender and its consignee', async () => {
    for (const token of [maker, depot, regulator]) {
      const { all, receipts, stage } = await setOf(SHIPMENT, { eventID: shipment.eventID }, token);
      expect(stage).toBe('FINAL');
      expect(receipts).toBe(3);
      expect(all.map((receipt) => shown(receipt)['bizStep'])).toEqual(['shipping', 'receiving', 'receiving']);
      for (const receipt of all) expect(checkReceipt(receipt, await trusted()).holds).toBe(true);
    }
  });

  it('show only what is asked for', async () => {
    const { file, all } = await setOf(SHIPMENT, { eventID: shipment.eventID, epcs: [ONE] }, maker);
    expect(shown(all[0]!)).toMatchObject({ bizStep: 'shipping', 'epcList/0': ONE });
    expect(file).not.toMatch(/DOOR3|PO-77/);
  });

  it('are hidden from everybody else', async () => {
    const refused = await app.refusal(SHIPMENT, { eventID: shipment.eventID }, clinic);
    expect(refused.extensions.code).toBe('NOT_FOUND');
  });
});

describe('receipts of a lot', () => {
  it('say nothing of its packs, unless they are asked for', async () => {
    const facts = await setOf(LOT_RECEIPTS, { gtin: GTIN, lot: LOT }, maker);
    expect(facts.all.map((receipt) => shown(receipt)['ilmd/cbvmda:lotNumber'])).toEqual([LOT, LOT]);
    expect(facts.file).not.toMatch(/DOOR\d/);
    const packs = await setOf(LOT_RECEIPTS, { gtin: GTIN, lot: LOT, packs: true }, regulator);
    expect(packs.file).toContain('DOOR1');
    expect(packs.file).toContain('DOOR3');
    for (const receipt of packs.all) expect(checkReceipt(receipt, await trusted()).holds).toBe(true);
  });

  it('come in parts when fewer are asked for', async () => {
    const first = await setOf(LOT_RECEIPTS, { gtin: GTIN, lot: LOT, first: 1 }, maker);
    expect(first).toMatchObject({ receipts: 1, next: commissioned });
    const rest = await setOf(LOT_RECEIPTS, { gtin: GTIN, lot: LOT, first: 1, after: first.next }, maker);
    expect(rest).toMatchObject({ receipts: 1, next: null });
  });

  it('are for its maker and the regulator alone', async () => {
    for (const token of [depot, clinic]) {
      const refused = await app.refusal(LOT_RECEIPTS, { gtin: GTIN, lot: LOT }, token);
      expect(refused.extensions.code).toBe('NOT_FOUND');
    }
  });
});

describe('receipts as files', () => {
  const path = (): string => `/log/receipt/${commissioned}?epc=${encodeURIComponent(ONE)}`;

  it('come as JSON or compact, by ?as= or by Accept', async () => {
    const kinds = await Promise.all(
      [
        await get(path(), depot),
        await get(`${path()}&as=compact`, depot),
        await get(path(), depot, 'application/vnd.halisi.receipt+cbor, */*;q=0.1'),
      ].map(async (answer) => {
        expect(answer.headers.get('cache-control')).toBe('private, no-store');
        return readEvidence(new Uint8Array(await answer.arrayBuffer()));
      }),
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['receipt', 'compact', 'compact']);
    expect(kinds[1]!.receipts).toEqual(kinds[0]!.receipts);
  });

  it('come as proofs that other tools of the field read', async () => {
    const { receipts } = readEvidence(new Uint8Array(await (await get(path(), depot)).arrayBuffer()));
    const entry = eventEntry(receipts[0]!.event.commitment);
    const proof = await get(`${path()}&as=tlog-proof`, depot);
    expect(proof.headers.get('content-disposition')).toContain(`receipt-${commissioned}.tlog-proof`);
    const parsed = parseTlogProof(await proof.text());
    expect(parsed.hashes).toEqual(receipts[0]!.log.proof);
    expect(eventOfTlogProof(parsed).entry).toEqual(entry);
    const cose = await get(path(), depot, 'application/cose');
    expect(cose.headers.get('content-type')).toBe('application/cose');
    const identity = (await (await get('/.well-known/halisi.json')).json()) as { logs: { keys: string[] }[] };
    const key = parseVerifierKey(identity.logs[0]!.keys[0]!);
    const checked = checkCoseReceipt(new Uint8Array(await cose.arrayBuffer()), entry, key.publicKey);
    expect(checked.index).toBe(commissioned);
  });

  it('come as QR codes on a page, whose texts lead back to the receipt', async () => {
    const moved = await get(`${path()}&as=qr`, depot);
    expect(moved.status).toBe(303);
    const page = await get(new URL(moved.headers.get('location')!, `${app.url}${path()}`).href, depot);
    expect(page.status).toBe(200);
    const html = await page.text();
    const texts = [...html.matchAll(/<code>(.*?)<\/code>/g)].map(([, text]) => text!);
    expect(html.split('<svg').length - 1).toBe(texts.length);
    expect(html).not.toContain('<script');
    const evidence = readEvidence(new TextEncoder().encode(texts.join('\n')));
    expect(checkReceipt(evidence.receipts[0]!, await trusted()).holds).toBe(true);
    const one = await get(`/log/receipt/${commissioned}/codes/1.svg?epc=${encodeURIComponent(ONE)}`, depot);
    expect(one.headers.get('content-type')).toBe('image/svg+xml');
    expect(one.headers.get('halisi-parts')).toBe(String(texts.length));
  });

  it('say what was expected of a request that cannot be answered', async () => {
    const codes = await Promise.all(
      [
        `/log/receipt/${commissioned}`,
        `/log/receipt/x?epc=${encodeURIComponent(ONE)}`,
        `${path()}&as=pdf`,
        `${path()}&colour=red`,
        '/log/receipts/lot?gtin=1',
        `/log/receipts/lot?gtin=${GTIN}&lot=${LOT}&first=0`,
        `/log/receipt/${commissioned}?fields=*&epcs=${encodeURIComponent(ONE)}`,
        `/log/receipt/x/codes?epc=${encodeURIComponent(ONE)}`,
        `/log/receipt/${commissioned}/codes`,
      ].map(async (each) => {
        const answer = await get(each, maker);
        return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
      }),
    );
    expect(new Set(codes)).toEqual(new Set(['422 RECEIPT_REQUEST_INVALID']));
  });

  it('of shipments and lots come over REST as well', async () => {
    const sets = [
      `/log/receipts/shipment/${encodeURIComponent(shipment.eventID)}?epcs=${encodeURIComponent(ONE)}`,
      `/log/receipts/lot?gtin=${GTIN}&lot=${LOT}&packs=true`,
    ];
    for (const each of sets) {
      const answer = await get(each, maker);
      expect(answer.headers.get('content-type')).toContain('application/vnd.halisi.receipts+json');
      expect(readEvidence(new Uint8Array(await answer.arrayBuffer())).kind).toBe('set');
    }
    expect((await get(sets[1]!)).status).toBe(401);
  });
});

describe('a link to a receipt', () => {
  const MAKE = `mutation ($position: Position!, $epc: String!) {
    link: makeReceiptLink(position: $position, epc: $epc) { url } }`;
  const made = async (epc = ONE, token = depot): Promise<string> =>
    (await app.ask<{ link: { url: string } }>(MAKE, { position: commissioned, epc }, token)).link.url;

  it('fits an SMS, and gives anybody who has it the receipt and nothing more', async () => {
    const url = await made();
    expect(url.length).toBeLessThan(160 - 'Receipt of your medicine: '.length);
    expect(new URL(url).pathname).toMatch(/^\/r\/[\w-]{36}$/);
    const text = await (await get(url)).text();
    expect(checkReceipt(parseReceipt(text), await trusted()).holds).toBe(true);
    expect(text).toContain('DOOR1');
    expect(text).not.toContain('DOOR2');
  });

  it('opens for a browser as a page that has the receipt and the log’s identity in it', async () => {
    const page = await get(await made(), undefined, 'text/html,*/*');
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    const data = (id: string) => JSON.parse(new RegExp(`id="${id}">(.*?)<`).exec(html)![1]!) as Record<string, string>;
    expect(parseReceipt(data('halisi-evidence')['text']!).log.index).toBe(commissioned);
    expect(parseTrust(JSON.stringify(data('halisi-trust'))).logs).toHaveLength(1);
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'/);
  });

  it('cannot be made up: every changed character leads nowhere', async () => {
    const { origin, pathname } = new URL(await made());
    const token = pathname.slice('/r/'.length);
    const { ReceiptLinks } = await import('../../src/trace/receipts/receipt-links.service.js');
    const links = app.get(ReceiptLinks);
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      await expect(links.open(changed, 'test')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect((await get(`${origin}/r/${'A'.repeat(36)}`)).status).toBe(404);
  });

  it('is made only by those who may have the receipt', async () => {
    for (const [epc, token] of [
      [TWO, depot],
      [ONE, clinic],
    ] as const) {
      const refused = await app.refusal(MAKE, { position: commissioned, epc }, token);
      expect(refused.extensions.code).toBe('NOT_FOUND');
    }
  });

  it('is opened by every process of the installation, and a process without the log’s key makes no COSE receipt', async () => {
    const other = await startApp({ beside: app, env: { HALISI_ROLE: 'api' } });
    try {
      const link = new URL(await made());
      expect((await other.rest(link.pathname)).status).toBe(200);
      const path = `/log/receipt/${commissioned}?epc=${encodeURIComponent(ONE)}&as=cose`;
      const refused = await other.rest(path, { headers: { authorization: `Bearer ${depot}` } });
      expect(await refused.json()).toMatchObject({ code: 'RECEIPT_FORM_UNAVAILABLE' });
    } finally {
      await other.close();
    }
  });

  it('is on record: who made it, and that somebody opened it', async () => {
    await get(await made(TWO, maker));
    const rows = await app.database.query<{ reader: number; operation: string; subject: string }>(
      'test-trail-of-links',
      `select organisation_id as reader, operation, subject from access_trail where subject = $1 order by id`,
      [TWO],
    );
    expect(rows.map(({ operation }) => operation)).toEqual(['Mutation.makeReceiptLink', 'GET /r']);
    expect(rows[1]!.reader).toBe(0);
    const trail = await app.ask(
      '{ accessTrail(first: 1) { nodes { operation reader { name } } } }',
      {},
      await tokenOf(app, 'admin@kilimani.example'),
    );
    expect(trail).toEqual({ accessTrail: { nodes: [{ operation: 'GET /r', reader: null }] } });
  });
});
