import { startApp, type TestApp } from '../support/start-app.js';
import { tokenOf } from '../support/sign-in.js';

let app: TestApp;
let token: string;

beforeAll(async () => {
  app = await startApp({ demo: true });
  token = await tokenOf(app, 'operator@kilimani.example');
});

afterAll(() => app.close());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${app.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, ...headers } });

describe('/epcis', () => {
  it('lists the top-level resources, in JSON and in XML', async () => {
    const json = await ask('/epcis');
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await json.json()).toMatchObject({
      type: 'Collection',
      member: expect.arrayContaining(['capture', 'events']),
    });
    const xml = await ask('/epcis', { accept: 'text/xml' });
    expect(xml.headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(await xml.text()).toContain('<member>capture</member>');
  });

  it('says on every answer in which versions it speaks', async () => {
    const { headers } = await ask('/epcis');
    expect(headers.get('gs1-epcis-version')).toBe('2.0');
    expect(headers.get('gs1-cbv-version')).toBe('2.0');
    expect(headers.get('gs1-extensions')).toMatch(/^halisi=/);
  });

  it('is discovered by OPTIONS', async () => {
    const answer = await ask('/epcis', {}, 'OPTIONS');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('allow')).toBe('OPTIONS, GET');
    expect(answer.headers.get('gs1-epcis-min')).toBe('1.2');
    expect(answer.headers.get('gs1-epcis-max')).toBe('2.0');
    expect(answer.headers.get('gs1-epc-format')).toContain('Always_EPC_URN');
  });

  it('refuses a stranger with a SecurityException, in JSON or in XML as the stranger likes', async () => {
    const json = await fetch(`${app.url}/epcis`);
    expect(json.status).toBe(401);
    expect(json.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await json.json()).toMatchObject({ type: 'epcisException:SecurityException', status: 401 });
    const xml = await fetch(`${app.url}/epcis`, { headers: { accept: 'application/xml' } });
    expect(xml.status).toBe(401);
    expect(xml.headers.get('content-type')).toBe('application/problem+xml; charset=utf-8');
    expect(await xml.text()).toContain('<type>epcisException:SecurityException</type>');
  });

  it('tells what is not there as the binding does, where nothing handles the path too', async () => {
    const answer = await ask('/epcis/nothing');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ type: 'epcisException:NoSuchNameException', code: 'NOT_FOUND' });
    const elsewhere = await ask('/nothing');
    expect(await elsewhere.json()).toMatchObject({ type: 'about:blank' });
  });

  it.each<[Record<string, string>, string]>([
    [{ accept: 'text/html' }, 'NOT_ACCEPTABLE'],
    [{ 'gs1-epcis-version': '3.0' }, 'VERSION_NOT_SPOKEN'],
    [{ 'gs1-epcis-min': '2.1' }, 'VERSION_NOT_SPOKEN'],
    [{ 'gs1-cbv-max': '1.1' }, 'VERSION_NOT_SPOKEN'],
    [{ 'gs1-epcis-min': '2.0', 'gs1-epcis-max': '1.2' }, 'VERSION_NOT_SPOKEN'],
    [{ 'gs1-epcis-version': 'two' }, 'VERSION_NOT_SPOKEN'],
    [{ 'gs1-epc-format': 'Sometimes' }, 'HEADER_INVALID'],
    [{ 'gs1-cbv-xml-format': 'Sometimes' }, 'HEADER_INVALID'],
    [{ 'gs1-extensions': 'no equals sign' }, 'HEADER_INVALID'],
  ])('refuses %j with a NotAcceptableException', async (headers, code) => {
    const answer = await ask('/epcis', headers);
    expect(answer.status).toBe(406);
    expect(await answer.json()).toMatchObject({ type: 'epcisException:NotAcceptableException', code });
  });

  it.each<Record<string, string>>([
    { accept: 'application/json; charset=utf-8' },
    { accept: 'text/html, */*;q=0.1' },
    { 'gs1-epcis-version': '2.0.0', 'gs1-epcis-min': '1.2', 'gs1-epcis-max': '2.1' },
    { 'gs1-epc-format': 'always_gs1_digital_link', 'gs1-extensions': 'ex=https://example.org/, b=urn:b' },
  ])('takes %j', async (headers) => {
    expect((await ask('/epcis', headers)).status).toBe(200);
  });

  it('tells a path that is no path as the binding does', async () => {
    const answer = await ask('/epcis/%E0%A4%A');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ type: 'epcisException:ValidationException' });
  });
});
