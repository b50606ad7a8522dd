import { gzipSync } from 'node:zlib';
import { checkDigit } from '../../src/domain/gs1/check-digit.js';
import type { ImportReport } from '../../src/interop/csv-import/import-report.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const withCheckDigit = (body: string) => body + checkDigit(body);
const gtin = (item: number) => withCheckDigit(`09521001${String(item + 70_000)}`);
const gln = (place: number) => withCheckDigit(`9522001${String(place).padStart(5, '0')}`);
const HEADER = 'gtin,name,commonName,form,strength,packSize,market,maxCelsius';
const PRODUCT = `query ($gtin: String!) { product(gtin: $gtin) { name commonName packSize maxCelsius storageConditions } }`;

describe('bulk import of CSV', () => {
  let app: TestApp;
  let maker: string;
  let regulator: string;
  let distributor: string;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    [maker, regulator, distributor] = await Promise.all([
      tokenOf(app, 'admin@kilimani.example'),
      tokenOf(app, 'admin@authority.example'),
      tokenOf(app, 'admin@pwani.example'),
    ]);
  });
  afterAll(() => app.close());

  const send = (path: string, body: string | Buffer, token = maker, headers: Record<string, string> = {}) =>
    app.rest(`/import/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', authorization: `Bearer ${token}`, ...headers },
      body: new Uint8Array(Buffer.from(body)),
    });
  const report = async (response: Response) => (await response.json()) as ImportReport;
  const product = async (key: string) =>
    (await app.ask<{ product: Record<string, unknown> | null }>(PRODUCT, { gtin: key }, maker)).product;

  it('only says what it would do in a dry run', async () => {
    const file = `${HEADER}\r\n${gtin(1)},Kilidox,doxycycline,capsule,100 mg,10,KE,25\r\n`;
    const response = await send('products?dryRun=true', file);
    expect(response.status).toBe(200);
    expect(await report(response)).toMatchObject({
      applied: false,
      created: 1,
      lines: [{ line: 2, key: gtin(1), outcome: 'created' }],
    });
    expect(await product(gtin(1))).toBeNull();
  });

  it('registers, and the same file again changes nothing', async () => {
    const file = `\uFEFF${HEADER}\n"${gtin(2)}","Kilidox ""forte"",\nnew",,capsule,100 mg,10,ke,25\n\n${gtin(3)},B,,tablet,1 mg,1,KE,\n`;
    const first = await report(await send('products', file));
    expect(first).toMatchObject({ applied: true, created: 2, lines: [{ line: 2 }, { line: 5 }] });
    expect(await product(gtin(2))).toMatchObject({ name: 'Kilidox "forte",\nnew', packSize: 10, maxCelsius: 25 });
    expect(await report(await send('products', file))).toMatchObject({ created: 0, unchanged: 2, changed: 0 });
  });

  it('names the fields that change, and leaves alone what the file has no column for', async () => {
    await send('products', `${HEADER},storageConditions\n${gtin(4)},A,inn,tablet,1 mg,10,KE,25,Keep dry\n`);
    const changed = await report(await send('products', `${HEADER}\n${gtin(4)},A2,,tablet,1 mg,20,KE,25\n`));
    expect(changed.lines).toEqual([
      { line: 2, key: gtin(4), outcome: 'changed', fields: ['name', 'commonName', 'packSize'] },
    ]);
    expect(await product(gtin(4))).toEqual({
      name: 'A2',
      commonName: null,
      packSize: 20,
      maxCelsius: 25,
      storageConditions: 'Keep dry',
    });
  });

  it('reads the semicolons and decimal commas of a European spreadsheet, declared or not', async () => {
    const file = `${HEADER.replaceAll(',', ';')}\r\n${gtin(5)};"a, b; c";;tablet;1,5 mg;10;KE;25,5\r\n`;
    expect(await report(await send('products', file))).toMatchObject({ created: 1 });
    expect(await product(gtin(5))).toMatchObject({ name: 'a, b; c', maxCelsius: 25.5 });
    expect(await report(await send('products?delimiter=semicolon', file))).toMatchObject({ unchanged: 1 });
    expect((await send('products?delimiter=comma', file)).status).toBe(400);
  });

  it('tells line, column, code, expected and got of each fault, and registers nothing', async () => {
    const wrong = gtin(6).slice(0, 13) + String((Number(gtin(6)[13]) + 1) % 10);
    const rows = [
      `${gtin(6)},Fine,,tablet,1 mg,1,KE,`,
      `${wrong},,,tablet,1 mg,1.5,Kenya,hot`,
      `${gtin(6)},Fine,,tablet,1 mg,1,KE,`,
      `${withCheckDigit('0952200100001')},Not ours,,tablet,1 mg,1,KE,`,
      `too,few`,
    ];
    const response = await send('products', `${HEADER}\n${rows.join('\n')}\n`);
    expect(response.status).toBe(422);
    const told = await report(response);
    expect(told).toMatchObject({ applied: false, created: 1, refused: 4 });
    expect(
      told.lines.flatMap(({ line, problems = [] }) => problems.map(({ column, code }) => [line, column, code])),
    ).toEqual([
      [3, 'gtin', 'GTIN_INVALID'],
      [3, 'name', 'TEXT_REQUIRED'],
      [3, 'packSize', 'PACK_SIZE_INVALID'],
      [3, 'market', 'COUNTRY_INVALID'],
      [3, 'maxCelsius', 'NUMBER_INVALID'],
      [4, null, 'KEY_REPEATED'],
      [5, 'gtin', 'GTIN_NOT_OWNED'],
      [6, null, 'COLUMN_COUNT'],
    ]);
    expect(told.lines[1]!.problems![3]).toEqual({
      column: 'market',
      code: 'COUNTRY_INVALID',
      expected: 'two letters of ISO 3166-1',
      got: 'Kenya',
    });
    expect(await product(gtin(6))).toBeNull();
  });

  it('registers what is right where that is asked for', async () => {
    const file = `${HEADER}\n${gtin(7)},Fine,,tablet,1 mg,1,KE,\n${gtin(8)},,,tablet,1 mg,1,KE,\n`;
    const response = await send('products?partial=true', file);
    expect(response.status).toBe(200);
    expect(await report(response)).toMatchObject({ applied: true, created: 1, refused: 1 });
    expect(await product(gtin(7))).not.toBeNull();
  });

  it('does not hand a spreadsheet a formula', async () => {
    const file = `${HEADER}\n"=HYPERLINK(""http://evil"")",@SUM(1),,tablet,1 mg,-1,+KE,\n`;
    const response = await send('products', file, maker, { accept: 'text/csv' });
    const text = await response.text();
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    for (const cell of text.split(/[,\n]/)) expect(cell).not.toMatch(/^"?[=+\-@]/);
  });

  it.each([
    ['another encoding', Buffer.from(`${HEADER}\n${gtin(9)},K\xe9nia,,t,1,1,KE,\n`, 'latin1'), 400, 'CSV_ENCODING'],
    ['NUL', `${HEADER}\n\0`, 400, 'CSV_ENCODING'],
    ['nothing', '', 400, 'CSV_EMPTY'],
    ['an open quote', `${HEADER}\n"${gtin(9)},A`, 400, 'CSV_MALFORMED'],
    ['an unknown column', `${HEADER},colour\n`, 400, 'COLUMN_UNKNOWN'],
    ['a column twice', `${HEADER},GTIN\n`, 400, 'COLUMN_REPEATED'],
    ['no key column', `name\nA\n`, 400, 'COLUMN_REQUIRED'],
    ['a field without end', `${HEADER}\n"${'x'.repeat(200_000)}"\n`, 400, 'CSV_MALFORMED'],
    ['a header without end', 'x'.repeat(200_000), 400, 'CSV_MALFORMED'],
    ['too many rows', `${HEADER}\n${'a\n'.repeat(10_001)}`, 413, 'CSV_TOO_MANY_ROWS'],
    ['too many bytes', `${HEADER}\n${'a,b\n\n\n\n'.repeat(2_000_000)}`, 413, ''],
  ])('refuses %s', async (_what, body, status, code) => {
    const response = await send('products', body);
    const problem = (await response.json()) as { code: string };
    expect(response.status).toBe(status);
    expect(problem.code).toMatch(code);
  });

  it('unpacks gzip no further than its limit', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.alloc(50_000_000, '\n')]));
    const response = await send('products', bomb, maker, { 'content-encoding': 'gzip' });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('asks for text/csv and known parameters', async () => {
    expect((await send('products', '{}', maker, { 'content-type': 'application/json' })).status).toBe(415);
    expect((await send('products?dryrun=true', HEADER)).status).toBe(400);
  });

  it('imports sites of one’s own organisation', async () => {
    const file = `GLN,Name,Country,Latitude,Longitude\n${gln(777)},Depot,ke,-1.5,36.5\n`;
    expect(await report(await send('sites', file, distributor))).toMatchObject({ applied: true, created: 1 });
    const moved = file.replace('-1.5', '-2');
    expect((await report(await send('sites', moved, distributor))).lines[0]).toMatchObject({ fields: ['latitude'] });
    const taken = await report(await send('sites', file, maker));
    expect(taken.lines[0]!.problems![0]).toMatchObject({ column: 'gln', code: 'GLN_TAKEN' });
    const fixed = await report(await send('sites', file.replace('ke', 'tz'), distributor));
    expect(fixed.lines[0]!.problems![0]).toMatchObject({ code: 'FIELD_FIXED', expected: 'KE', got: 'TZ' });
  });

  it('imports organisations for the regulator, who alone may', async () => {
    const key = withCheckDigit('952900000000');
    const file = `gln,name,role,country,companyPrefixes\n${key},Newco,Distributor,KE,9529000 9529001\n`;
    expect((await send('organisations', file, maker)).status).toBe(403);
    expect(await report(await send('organisations', file, regulator))).toMatchObject({ created: 1, applied: true });
    expect(await report(await send('organisations', file, regulator))).toMatchObject({ unchanged: 1 });
    const more = file.replace('9529001', '9529002 95290');
    expect((await report(await send('organisations', more, regulator))).lines[0]!.problems![0]).toMatchObject({
      code: 'COMPANY_PREFIX_OVERLAPS',
      got: '95290',
    });
  });

  it('imports master data of trading partners, each column an attribute', async () => {
    const file = `type,id,name,city,https://example.org/dock\nlocation,urn:epc:id:sgln:0614141.00001.0,Depot,Mombasa,7\n`;
    const path = 'master-data?sender=urn:epc:id:pgln:0614141.00000';
    expect((await send(path, file, maker)).status).toBe(403);
    const operator = await tokenOf(app, 'operator@kilimani.example');
    expect(await report(await send(path, file, operator))).toMatchObject({ created: 1, applied: true });
    expect(await report(await send(path, file, operator))).toMatchObject({ unchanged: 1 });
    const changed = await report(await send(path, file.replace('Mombasa', 'Nairobi'), operator));
    expect(changed.lines[0]).toMatchObject({ outcome: 'changed', fields: ['urn:epcglobal:cbv:mda#city'] });
    const { masterDataOf } = await app.ask<{ masterDataOf: { statements: { attributes: unknown }[] }[] }>(
      '{ masterDataOf(id: "https://id.gs1.org/414/0614141000012") { statements { attributes { name value } } } }',
      {},
      operator,
    );
    expect(masterDataOf[0]!.statements[0]!.attributes).toEqual([
      { name: 'urn:epcglobal:cbv:mda#name', value: 'Depot' },
      { name: 'urn:epcglobal:cbv:mda#city', value: 'Nairobi' },
      { name: 'https://example.org/dock', value: '7' },
    ]);
  });

  it('offers a template of each kind, which is accepted as it is', async () => {
    const headers = { authorization: `Bearer ${maker}` };
    const list = (await (await app.rest('/import', { headers })).json()) as { kinds: { name: string }[] };
    expect(list.kinds.map(({ name }) => name)).toEqual(['organisations', 'sites', 'products', 'master-data']);
    const template = await app.rest('/import/products/template', { headers });
    expect(template.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(await report(await send('products', Buffer.from(await template.arrayBuffer())))).toMatchObject({ rows: 0 });
    expect((await app.rest('/import/nothing/template', { headers })).status).toBe(404);
    expect((await app.rest('/import')).status).toBe(401);
  });
});
