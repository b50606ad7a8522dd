import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { schemaFile, schemaOf } from '../../src/platform/database/introspection.js';
import { graphqlSchema } from '../../src/print-schema.js';
import { startApp, type TestApp } from '../support/start-app.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** The code of a refusal, as GraphQL or as a problem. */
function codeOf(answer: Record<string, unknown>): string | undefined {
  const [error] = (answer['errors'] ?? []) as { extensions?: { code?: string } }[];
  return (answer['code'] ?? error?.extensions?.code) as string | undefined;
}

describe('the server', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  async function post(body: string | Buffer, headers: Record<string, string> = JSON_TYPE, path = '/graphql') {
    const response = await app.rest(path, { method: 'POST', headers, body });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, code: codeOf(answer) };
  }

  it('answers a query through GraphQL', async () => {
    const { log } = await app.ask<{ log: { chains: { chainId: number }[] } }>('{ log { chains { chainId } } }');
    expect(log.chains).toEqual([{ chainId: 31337 }]);
  });

  it('says that it is ready', async () => {
    const response = await app.rest('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', server: 'ok', database: 'ok', chain: 'ok' });
  });

  it('counts requests for Prometheus', async () => {
    const text = await (await app.rest('/metrics')).text();
    expect(text).toContain('halisi_http_request_seconds_count{method="GET",route="/health/ready"');
    expect(text).toContain('halisi_graphql_seconds_count');
  });

  it('answers a request id, and keeps one that a proxy gave', async () => {
    expect((await app.rest('/health/live')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const given = await app.rest('/health/live', { headers: { 'x-request-id': 'proxy-1234567' } });
    expect(given.headers.get('x-request-id')).toBe('proxy-1234567');
  });

  it('runs each operation of a document with several, also when it is compiled', async () => {
    const query = 'query A { a: server { demo } } query B { b: server { demo } }';
    const run = async (operationName: string) => {
      const response = await app.rest('/graphql', {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify({ query, operationName }),
      });
      return Object.keys(((await response.json()) as { data: object }).data);
    };
    for (let round = 0; round < 3; round++) {
      expect(await run('A')).toEqual(['a']);
      expect(await run('B')).toEqual(['b']);
    }
  });

  it.each([
    ['malformed JSON', '{"query":', JSON_TYPE, 400, 'MALFORMED_JSON'],
    ['an empty body', '', JSON_TYPE, 400, undefined],
    ['a body that is a number', '7', JSON_TYPE, 400, undefined],
    ['a body that is null', 'null', JSON_TYPE, 400, undefined],
    ['a query that is a number', '{"query":7}', JSON_TYPE, 400, 'GRAPHQL_REQUEST_INVALID'],
    ['a batch with nothing in it that is a query', '[null]', JSON_TYPE, 400, 'GRAPHQL_REQUEST_INVALID'],
    ['variables that are a text', '{"query":"{server{demo}}","variables":"x"}', JSON_TYPE, 400, undefined],
    ['another content type', '<a/>', { 'content-type': 'text/xml' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no content type', Buffer.from('x'), {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'NUL in a variable',
      '{"query":"{server{demo}}","variables":{"a":["\\u0000"]}}',
      JSON_TYPE,
      400,
      'TEXT_NOT_STORABLE',
    ],
    [
      'half a surrogate pair',
      '{"query":"{server{demo}}","variables":{"a":"\\ud800"}}',
      JSON_TYPE,
      400,
      'TEXT_NOT_STORABLE',
    ],
    ['a key named __proto__', '{"query":"{server{demo}}","__proto__":{}}', JSON_TYPE, 400, 'MALFORMED_JSON'],
    ['a field that does not exist', '{"query":"{nothing}"}', JSON_TYPE, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a document that does not parse', '{"query":"{"}', JSON_TYPE, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown operation', '{"query":"query A{server{demo}}","operationName":"B"}', JSON_TYPE, undefined, undefined],
  ])('refuses %s and says so', async (_name, body, headers, status, code) => {
    const answer = await post(body, headers as Record<string, string>);
    expect(answer.status).toBeLessThan(500);
    if (status !== undefined) expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.code).toBe(code);
    expect(answer.code).toEqual(expect.any(String));
    expect(answer.code).not.toBe('INTERNAL');
  });

  it('keeps the answer of two documents apart that are refused for different reasons', async () => {
    expect((await post('{"query":"{nothing}"}')).code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await post('{"query":"{nothing}"}')).code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('refuses NUL that GraphQL would make out of an escape', async () => {
    const query = String.raw`{ __type(name: "\u0000") { name } }`;
    expect((await app.refusal(query)).extensions.code).toBe('TEXT_NOT_STORABLE');
  });

  it('refuses a body that is too large', async () => {
    expect(await post(`{"query":"${'x'.repeat(8 * 1024 * 1024)}"}`)).toEqual({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
    });
  });

  it('refuses too many fields at the root, aliases or not', async () => {
    const query = `{ ${Array.from({ length: 21 }, (_, index) => `a${index}: server { demo }`).join(' ')} }`;
    const { extensions } = await app.refusal(query);
    expect(extensions).toMatchObject({ code: 'TOO_MANY_ROOT_FIELDS', details: { most: 20, got: 21 } });
  });

  it('refuses too long a batch', async () => {
    const body = JSON.stringify(Array.from({ length: 11 }, () => ({ query: '{ server { demo } }' })));
    expect(await post(body)).toEqual({ status: 400, code: 'BATCH_TOO_LONG' });
  });

  it('answers a batch in its order', async () => {
    const body = JSON.stringify([{ query: '{ a: server { demo } }' }, { query: '{ b: server { demo } }' }]);
    const response = await app.rest('/graphql', { method: 'POST', headers: JSON_TYPE, body });
    expect(await response.json()).toEqual([{ data: { a: { demo: false } } }, { data: { b: { demo: false } } }]);
  });

  it.each([
    '/graphql?query={server{demo}}',
    '/graphql?query=mutation{x}&operationName=y',
    '/nothing',
    '/%00',
    '/%',
    '/%E0%A4%A',
    '/../../etc/passwd',
    `/${'x'.repeat(10_000)}`,
  ])('answers GET %s with a problem, not a fault', async (path) => {
    const response = await app.rest(path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(codeOf((await response.json()) as Record<string, unknown>)).toEqual(expect.any(String));
  });

  it('survives bytes that are not HTTP', async () => {
    const { port } = new URL(app.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0000\u0001 nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('survives whatever comes over the WebSocket', async () => {
    const start = (payload: unknown) => JSON.stringify({ id: '1', type: 'subscribe', payload });
    const hostile = [
      'no JSON',
      'null',
      '[]',
      '{"type":"nothing"}',
      start(null),
      start({}),
      start({ query: 7 }),
      start({ query: { kind: 'Document' } }),
      start({ query: '{' }),
      start({ query: 'subscription { nothing }' }),
      start({ query: 'query A { server { demo } }', operationName: 'B' }),
      start({ query: 'mutation { nothing }' }),
    ];
    for (const message of hostile) {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await new Promise<void>((resolve) => {
        socket.onopen = () => {
          socket.send('{"type":"connection_init","payload":{"authorization":7}}');
          socket.send(message);
        };
        socket.onmessage = ({ data }) => {
          if (!String(data).includes('connection_ack')) resolve();
        };
        socket.onclose = () => resolve();
        setTimeout(resolve, 200);
      });
      socket.close();
    }
    expect((await app.rest('/health/ready')).status).toBe(200);
  });

  it('works in a role of the database that cannot change what is append-only', async () => {
    const [row] = await app.database.query<{ user: string }>('test_role', 'select current_user as user');
    expect(row?.user).toBe('halisi_server');
    await expect(app.database.query('test_update', 'update event set step = 0')).rejects.toThrow('permission denied');
    await expect(app.database.query('test_delete', 'delete from log_entry')).rejects.toThrow('permission denied');
    await expect(app.database.query('test_truncate', 'truncate event')).rejects.toThrow('permission denied');
    await expect(app.database.query('test_drop', 'drop table event')).rejects.toThrow('must be owner');
  });

  it('has a Prisma schema that agrees with the migrations', async () => {
    expect(await schemaOf(app.superuser)).toBe(readFileSync(schemaFile(), 'utf8'));
  });

  it('has its GraphQL schema printed into schema.graphql', async () => {
    expect(await graphqlSchema()).toBe(readFileSync('schema.graphql', 'utf8'));
  });
});
