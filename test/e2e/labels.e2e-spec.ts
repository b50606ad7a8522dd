import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/full';
import { AccessModule } from '../../src/access/access.module.js';
import type { OrganisationRole } from '../../src/access/actor.js';
import { Tokens } from '../../src/access/tokens.js';
import { LabelsModule } from '../../src/labels/labels.module.js';
import { PartnersModule } from '../../src/partners/partners.module.js';
import type { Chain } from '../../src/platform/chain/chain.js';
import { configFrom } from '../../src/platform/config/config.js';
import { readEnvironment } from '../../src/platform/config/env.js';
import { Database } from '../../src/platform/database/database.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate } from '../../src/platform/database/migrations.js';
import { fastifyAdapter, prepareFastify } from '../../src/platform/http/fastify.js';
import { RequestHooks } from '../../src/platform/http/request-hooks.js';
import { ServerModule } from '../../src/platform/http/server.module.js';
import { createLogger } from '../../src/platform/logging.js';
import { PlatformModule } from '../../src/platform/platform.module.js';

const GTIN = '09506000134352';
const SSCC = '195060001343520007';
const LOT = 'L/1<b>';
const SERIAL = 'A(1)%b.svg';

const home = mkdtempSync(join(tmpdir(), 'halisi-labels-'));
const config = configFrom(readEnvironment({ NODE_ENV: 'test', HALISI_HOME: home, LOG_LEVEL: 'silent' }));
const log = createLogger(config);
const postgres = new EmbeddedPostgres({ home, note: () => undefined });
let database: Database;
let app: NestFastifyApplication;
const tokens: Record<string, string> = {};

async function organisation(gln: string, name: string, role: OrganisationRole): Promise<number> {
  const text = `insert into organisation (gln, name, role, country) values ($1, $2, $3, 'KE') returning id`;
  const [row] = await database.query<{ id: number }>(`test_${name}`, text, [gln, name, role]);
  const issued = await app.get(Tokens).issue({
    organisationId: row!.id,
    organisationRole: role,
    subject: { kind: 'client', id: row!.id },
    roles: ['operator', 'viewer'],
  });
  tokens[name] = issued.token;
  return row!.id;
}

/** One lot with a pack at its maker, one in a case on a pallet that a distributor holds, and a clinic with nothing. */
async function seed(): Promise<void> {
  const maker = await organisation('9506000000003', 'maker', 'manufacturer');
  const distributor = await organisation('9506000000010', 'distributor', 'distributor');
  await organisation('9506000000027', 'clinic', 'clinic');
  await organisation('9506000000034', 'regulator', 'regulator');
  const run = (text: string, values: unknown[]) => database.pool.query(text, values);
  await run(`insert into company_prefix (prefix, organisation_id) values ('9506000', $1)`, [maker]);
  await run(
    `insert into product (gtin, organisation_id, name, form, strength, pack_size, market)
     values ($1::bigint, $2, 'Amoxil & <Co>', 'capsule', '500 mg', 21, 'KE')`,
    [GTIN, maker],
  );
  const lot = await run(
    `insert into lot (gtin, quantity, expiry, number) values ($1::bigint, 100, '2028-12-31', $2) returning id`,
    [GTIN, LOT],
  );
  await run(
    `insert into container (sscc, created_in, changed_in, parent, packs, holder, life) values
     ($1::bigint, 1, 1, null, 1, $2, 1), (106141411234567897, 1, 1, $1::bigint, 1, null, 1)`,
    [SSCC, distributor],
  );
  await run(
    `insert into item (gtin, lot_id, commissioned_in, changed_in, parent, holder, life, serial) values
     ($1::bigint, $2, 1, 1, null, $3, 1, $4), ($1::bigint, $2, 1, 1, 106141411234567897, null, 1, 'IN-CASE')`,
    [GTIN, lot.rows[0].id, maker, SERIAL],
  );
}

beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/full/zxing_full.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  await postgres.start();
  await migrate(postgres.owner());
  database = new Database({ access: postgres.server(), poolSize: 4 });
  const chain = { check: () => Promise.resolve() } as unknown as Chain;
  const platform = { config, log, database, chain, notes: [], stop: () => Promise.resolve() };
  app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class Root {},
      imports: [PlatformModule.with(platform), ServerModule, AccessModule, PartnersModule, LabelsModule],
    },
    fastifyAdapter(config, log),
    { bodyParser: false, abortOnError: false, logger: false },
  );
  prepareFastify(app.getHttpAdapter().getInstance() as unknown as FastifyInstance, app.get(RequestHooks));
  await app.init();
  await seed();
});

afterAll(async () => {
  await app?.close();
  await database?.close();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

async function get(url: string, who?: string) {
  const headers = who === undefined ? {} : { authorization: `Bearer ${tokens[who]}` };
  return app.inject({ method: 'GET', url, headers });
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function ask(who: string, query: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${tokens[who]}` };
  const { payload } = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
  return JSON.parse(payload) as Answer;
}

const packUrl = (suffix: string): string => `/labels/01/${GTIN}/21/${encodeURIComponent(SERIAL)}${suffix}`;
const codeOf = (body: string): string => (JSON.parse(body) as { code: string }).code;

describe('labels as plain URLs', () => {
  it('draw the recorded lot and expiry of a pack, and read back', async () => {
    const answer = await get(packUrl('.png?dpi=600&name=true'), 'maker');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('image/png');
    expect(answer.headers['cache-control']).toMatch(/^private/);
    const [reading] = await readBarcodes(new Uint8Array(answer.rawPayload));
    expect(reading?.symbologyIdentifier).toBe(']d2');
    expect(Buffer.from(reading!.bytes).toString('latin1')).toBe(`01${GTIN}21${SERIAL}\u001d1728123110${LOT}`);
  });

  it('draw SVG that no lot or name can add markup to', async () => {
    const answer = await get(packUrl('.svg?name=true&symbology=digital-link-qr'), 'maker');
    expect(answer.headers['content-type']).toBe('image/svg+xml');
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.payload).toContain('(10)L/1&lt;b&gt;');
    expect(answer.payload).not.toContain('<b>');
    expect(answer.payload).not.toContain('<Co>');
  });

  it('draw lots and containers', async () => {
    expect((await get(`/labels/01/${GTIN}/10/${encodeURIComponent(LOT)}.svg`, 'maker')).statusCode).toBe(200);
    const pallet = await get(`/labels/00/${SSCC}.png?symbology=gs1-128`, 'distributor');
    const [reading] = await readBarcodes(new Uint8Array(pallet.rawPayload));
    expect(reading?.symbologyIdentifier).toBe(']C1');
  });

  it('are for those who hold the pack, own its GTIN or oversee, and for others not there', async () => {
    const inCase = `/labels/01/${GTIN}/21/IN-CASE.svg`;
    for (const who of ['maker', 'distributor', 'regulator']) expect((await get(inCase, who)).statusCode).toBe(200);
    const hidden = await get(inCase, 'clinic');
    const absent = await get(`/labels/01/${GTIN}/21/NO-SUCH.svg`, 'clinic');
    expect([hidden.statusCode, absent.statusCode]).toEqual([404, 404]);
    expect(JSON.parse(hidden.payload)).toEqual({
      ...(JSON.parse(absent.payload) as object),
      requestId: expect.any(String),
    });
    expect((await get(packUrl('.svg'), 'distributor')).statusCode).toBe(404);
    expect((await get(`/labels/00/${SSCC}.svg`, 'clinic')).statusCode).toBe(404);
    expect((await get(inCase)).statusCode).toBe(401);
  });

  it('leave a trace when the regulator reads', async () => {
    await get(`/labels/01/${GTIN}/21/IN-CASE.svg`, 'regulator');
    const rows = await database.query('test_trail', `select 1 from access_trail where operation = 'label'`);
    expect(rows.length).toBeGreaterThan(0);
  });

  it('say what is wrong with a request, and where', async () => {
    const refused = async (url: string) => {
      const { headers, payload, statusCode } = await get(url, 'maker');
      expect(headers['content-type']).toContain('application/problem+json');
      const body = JSON.parse(payload) as { code: string; details: { pointer: string } };
      return [statusCode, body.code, body.details.pointer];
    };
    expect(await refused(packUrl('.gif'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/format']);
    expect(await refused(packUrl('.svg?symbology=aztec'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/symbology']);
    expect(await refused(packUrl('.svg?colour=red'))).toEqual([400, 'LABEL_PARAMETER_INVALID', '/colour']);
    expect(await refused(packUrl('.png?dpi=10'))).toEqual([422, 'LABEL_DPI_OUT_OF_RANGE', '/dpi']);
    expect(await refused(packUrl('.svg?lot=OTHER'))).toEqual([422, 'LABEL_LOT_DIFFERS', '/lot']);
    expect(await refused('/labels/01/09506000134353/21/A.svg')).toEqual([422, 'GTIN_INVALID', '/gtin']);
    expect(await refused(`/labels/01/${GTIN}/21/a%20b.svg`)).toEqual([422, 'SERIAL_INVALID', '/serial']);
    expect(codeOf((await get('/labels/00/1.svg', 'maker')).payload)).toBe('SSCC_INVALID');
  });
});

describe('labels through GraphQL', () => {
  const fields = '{ svg pngBase64 mediaType elementString digitalLink hri widthMm heightMm }';
  const lot = JSON.stringify(LOT);

  it('give picture, element string, link and interpretation of a pack', async () => {
    const query = `{ packLabel(gtin: "${GTIN}", serial: "${SERIAL}", style: { format: PNG, symbology: GS1_DATAMATRIX }) ${fields} }`;
    const { data } = await ask('maker', query);
    expect(data?.['packLabel']).toMatchObject({
      svg: null,
      pngBase64: expect.stringMatching(/^iVBOR/),
      mediaType: 'image/png',
      elementString: `01${GTIN}21${SERIAL}\u001d1728123110${LOT}`,
      digitalLink: 'https://id.gs1.org/01/09506000134352/10/L%2F1%3Cb%3E/21/A%281%29%25b.svg?17=281231',
      hri: [`(01)${GTIN}`, `(21)${SERIAL}`, '(17)281231', `(10)${LOT}`],
    });
  });

  it('print packs that are not commissioned yet for the owner of the GTIN alone', async () => {
    const query = `{ packLabel(gtin: "${GTIN}", serial: "NEW1", lot: ${lot}) { hri } }`;
    expect((await ask('maker', query)).data).toMatchObject({
      packLabel: { hri: expect.arrayContaining(['(21)NEW1']) },
    });
    expect((await ask('distributor', query)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await ask('maker', query.replace(lot, '"NONE"'))).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('print many, in order', async () => {
    const serials = Array.from({ length: 120 }, (_, index) => `S${index}`);
    const query = `{ serialLabels(gtin: "${GTIN}", lot: ${lot}, serials: ${JSON.stringify(serials)}) { hri svg } }`;
    const labels = (await ask('maker', query)).data?.['serialLabels'] as { hri: string[]; svg: string }[];
    expect(labels.map(({ hri }) => hri[1])).toEqual(serials.map((serial) => `(21)${serial}`));
    expect(new Set(labels.map(({ svg }) => svg)).size).toBe(120);
  });

  it('page through the packs of a lot and the lots of a GTIN', async () => {
    const page = async (after: string) => {
      const query = `{ packLabels(gtin: "${GTIN}", lot: ${lot}, first: 1${after}) { nodes { hri } pageInfo { hasNextPage endCursor } } }`;
      return (await ask('maker', query)).data?.['packLabels'] as {
        nodes: { hri: string[] }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    const first = await page('');
    const second = await page(`, after: "${first.pageInfo.endCursor}"`);
    expect([first.nodes[0]?.hri[1], second.nodes[0]?.hri[1]]).toEqual([`(21)${SERIAL}`, '(21)IN-CASE']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const lots = await ask('regulator', `{ lotLabels(gtin: "${GTIN}") { nodes { elementString } } }`);
    expect(lots.data).toEqual({ lotLabels: { nodes: [{ elementString: `01${GTIN}1728123110${LOT}` }] } });
    expect((await ask('clinic', `{ lotLabels(gtin: "${GTIN}") { nodes { hri } } }`)).errors?.[0]?.extensions.code).toBe(
      'NOT_FOUND',
    );
  });

  it('refuse a serial number that is recorded in another lot', async () => {
    await database.pool.query(
      `insert into lot (gtin, quantity, expiry, number) values ($1::bigint, 1, '2029-01-31', 'L2')`,
      [GTIN],
    );
    const query = `{ serialLabels(gtin: "${GTIN}", lot: "L2", serials: ["X", "IN-CASE"]) { hri } }`;
    expect((await ask('maker', query)).errors?.[0]?.extensions.code).toBe('LABEL_LOT_DIFFERS');
  });
});
