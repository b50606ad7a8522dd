import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { importSettings } from '../../src/interop/epcis/import/arguments.js';
import { importFiles } from '../../src/interop/epcis/import/import-files.js';
import { Server } from '../../src/interop/epcis/import/server.js';
import { commissioning, documentOf, type Json } from '../support/epcis-client.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const root = mkdtempSync(join(tmpdir(), 'halisi-files-'));
const dropped = join(root, 'drop');
let app: TestApp;
let gln: string;
let client: { clientId: string; secret: string };

const text = (...serials: string[]): string =>
  JSON.stringify(documentOf(serials.map((serial) => commissioning([serial]))));
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(root, name), content);
  return join(root, name);
};

beforeAll(async () => {
  app = await startApp({ demo: true, env: { HALISI_DROP_FOLDER: dropped } });
  const admin = await tokenOf(app, 'admin@kilimani.example');
  const { made } = await app.ask<{ made: { clientSecret: string; client: { clientId: string } } }>(
    `mutation { made: registerMachineClient(input: { name: "Line 1", roles: [OPERATOR] }) { clientSecret client { clientId } } }`,
    {},
    admin,
  );
  client = { clientId: made.client.clientId, secret: made.clientSecret };
  const { me } = await app.ask<{ me: { organisation: { gln: string } } }>('{ me { organisation { gln } } }', {}, admin);
  gln = me.organisation.gln;
  expect(gln).toMatch(/^\d{13}$/);
});
afterAll(() => app.close());

async function imported(files: readonly string[], ...flags: string[]) {
  const lines: string[] = [];
  const seen: string[] = [];
  const environment = { HALISI_CLIENT_ID: client.clientId, HALISI_CLIENT_SECRET: client.secret };
  const settings = importSettings(['--url', app.url, ...flags, ...files], environment);
  const output = { line: (line: string) => lines.push(line), progress: (line: string) => seen.push(line) };
  const code = await importFiles(new Server(settings), settings.files, output);
  return { code, lines, seen };
}

describe('halisi import', () => {
  it('hands files in, waits for their jobs, and says what became of them', async () => {
    const files = [file('one.json', text('IMP1', 'IMP2')), file('two.jsonld.gz', gzipSync(text('IMP3')))];
    const { code, lines, seen } = await imported(files);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(
      /one\.json: done: 2 captured, 0 known before, 0 as reported, 0 refused \(job [0-9a-f-]{36}\)/,
    );
    expect(lines[1]).toMatch(/two\.jsonld\.gz: done: 1 captured/);
    expect(seen).toContain(`${files[0]}: 100 % sent`);
  });

  it('stores nothing twice when it is run again', async () => {
    const again = await imported([file('one.json', text('IMP1', 'IMP2'))]);
    expect(again.code).toBe(0);
    expect(again.lines[0]).toMatch(/0 captured, 2 known before/);
  });

  it('tells the errors of a document line by line, and with --proceed captures the rest', async () => {
    const document = documentOf([commissioning(['IMP4']), commissioning(['IMP5'], { eventTime: 'never' })]);
    const broken = file('broken.json', JSON.stringify(document));
    const all = await imported([broken]);
    expect(all.code).toBe(1);
    expect(all.lines[0]).toMatch(/errors: 0 captured/);
    expect(all.lines[1]).toMatch(/broken\.json: [A-Z_]+: Event 1: \/epcisBody\/eventList\/1\/eventTime/);
    expect((await imported([broken], '--proceed')).lines[0]).toMatch(/errors: 1 captured, .* 1 refused/);
  });

  it('goes on after a file that cannot be handed in, and ends with 2', async () => {
    const files = [
      file('none.json', 'none'),
      join(root, 'missing.json'),
      file('data.csv', ''),
      file('last.json', text('IMP6')),
    ];
    const { code, lines } = await imported(files);
    expect(code).toBe(2);
    expect(lines[0]).toMatch(/none\.json: refused: 400 JSON_MALFORMED/);
    expect(lines[1]).toMatch(/missing\.json: not handed in: ENOENT/);
    expect(lines[2]).toMatch(/data\.csv: not handed in: expected a name/);
    expect(lines[3]).toMatch(/last\.json: done: 1 captured/);
  });

  it('says that a client is not signed in', async () => {
    const settings = importSettings(['--url', app.url, 'x.json'], {
      HALISI_CLIENT_ID: 'no',
      HALISI_CLIENT_SECRET: 'no',
    });
    const lines: string[] = [];
    const output = { line: (line: string) => lines.push(line), progress: () => undefined };
    expect(await importFiles(new Server(settings), [file('x.json', '{}')], output)).toBe(2);
    expect(lines[0]).toMatch(/refused: the server does not sign this client in: 401/);
  });

  it.each([
    [[], {}, /client-id/],
    [['--client-id', 'a', 'f.json'], {}, /HALISI_CLIENT_SECRET/],
    [['--client-id', 'a'], { HALISI_CLIENT_SECRET: 's' }, /one file/],
    [['--url', 'ftp://x', 'f.json'], {}, /--url/],
  ] as const)('does not start with %j', (args, environment, why) => {
    expect(() => importSettings(args, environment)).toThrow(why);
  });
});

describe('the watched folder', () => {
  const inbox = (of = gln): string => join(dropped, 'in', of);
  const drop = (name: string, content: string | Buffer, of = gln): void => {
    mkdirSync(inbox(of), { recursive: true });
    writeFileSync(join(inbox(of), name), content);
  };
  const settled = (place: 'done' | 'failed', name: string, of = gln): Promise<Json> =>
    eventually(`${name} is in ${place}`, () => {
      const folder = join(dropped, place, of);
      readFileSync(join(folder, name));
      return JSON.parse(readFileSync(join(folder, `${name}.report.json`), 'utf8')) as Json;
    });

  it('captures what lies there whole, and moves it away with a report', async () => {
    drop('good.json', text('DROP1'));
    drop('bad.json', JSON.stringify(documentOf([commissioning(['DROP2'], { eventTime: 'never' })])));
    drop('none.xml', 'none');
    drop('packed.json.gz', 'not packed');
    drop('other.txt', 'text');
    drop('still.json.part', '{');
    expect(await settled('done', 'good.json')).toMatchObject({ success: true, 'halisi:counts': { captured: 1 } });
    expect(await settled('failed', 'bad.json')).toMatchObject({ success: false, errors: [{ details: { index: 0 } }] });
    expect(await settled('failed', 'none.xml')).toMatchObject({ type: expect.stringMatching(/^epcisException:/) });
    expect(await settled('failed', 'packed.json.gz')).toMatchObject({ code: 'ENCODING_BROKEN' });
    expect(await settled('failed', 'other.txt')).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(readdirSync(inbox())).toEqual(['still.json.part']);
  });

  it('keeps both of two files of one name', async () => {
    drop('good.json', text('DROP3'));
    expect(await settled('done', '2-good.json')).toMatchObject({ 'halisi:counts': { captured: 1 } });
  });

  it('follows no link, and takes nothing for an organisation that is not there or that captures nothing', async () => {
    const secret = file('secret.json', text('LINKED'));
    mkdirSync(inbox(), { recursive: true });
    symlinkSync(secret, join(inbox(), 'link.json'));
    symlinkSync(root, join(dropped, 'in', '9521001000995'));
    drop('nobody.json', text('NOBODY'), '9599999999990');
    drop('last.json', text('DROP4'));
    await settled('done', 'last.json');
    expect(readdirSync(inbox()).sort()).toEqual(['link.json', 'still.json.part']);
    expect(readdirSync(inbox('9599999999990'))).toEqual(['nobody.json']);
    expect(readFileSync(secret, 'utf8')).toContain('LINKED');
  });
});
