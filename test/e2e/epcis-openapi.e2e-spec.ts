import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const FOLDER = resolve(process.env['VECTORS'] ?? '../shared/vectors');
const FILE = join(FOLDER, 'epcis/schema/openapi-2.0.json');

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Media {
  readonly schema?: Json;
  readonly example?: Json;
}
interface Response_ {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly requestBody?: { readonly $ref?: string; readonly content?: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response_>>;
}
interface Ratified {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response_>> } & Readonly<Record<string, unknown>>;
}

/** Where the ratified document cannot be followed to the letter, with the reason. */
const MAPPED = {
  /** The servers of the examples are somebody's own; ours has everything below /epcis. */
  root: '/epcis',
  /** Schemas of answers that not even the document's own example fits. */
  contradicted: new Map([
    ['GET /queries/{queryName} 200', 'an array, where the example and the resource are one object'],
    ['POST /events 409', 'the status within is 406, where the answer and the example have 409'],
    ['POST /queries 409', 'the status within is 406, where the answer and the example have 409'],
  ]),
  /** Keywords that are read in another way than they stand. */
  keywords: new Map([
    [
      'oneOf',
      'as anyOf: `errors` and `errorFile` of a capture job are both optional, so the example fits both branches',
    ],
    ['pattern', 'not at all where it is no expression of JavaScript: those of schedules use Perl’s \\g<name>'],
    ['example', 'not at all: it is none of JSON Schema'],
  ]),
  /** Headers of answers that are sent only where there is something to say. */
  conditionalHeaders: new Map([
    ['Link', 'where another page follows'],
    ['GS1-Next-Page-Token-Expires', 'where another page follows'],
    ['GS1-Query-Min-Record-Time', 'of queries with subscriptions'],
  ]),
} as const;

const ratified = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Ratified) : undefined;
const known = ratified === undefined ? describe.skip : describe;
if (ratified === undefined) console.warn(`The ratified OpenAPI document is not there: ${FILE}`);

const operationOf = (method: string, path: string): Operation => {
  const found = ratified?.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`The ratified document has no ${method} ${path}.`);
  return found;
};

function responseOf(method: string, path: string, status: number): Response_ {
  const given = operationOf(method, path).responses[String(status)];
  if (given === undefined) throw new Error(`The ratified document has no answer ${status} of ${method} ${path}.`);
  return given.$ref === undefined ? given : ratified!.components.responses[given.$ref.split('/').at(-1)!]!;
}

/** A schema with its keywords as MAPPED.keywords says. */
function readable(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(readable);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name, value]) => name !== 'example' && !(name === 'pattern' && !isExpression(value)))
      .map(([name, value]) => [name === 'oneOf' ? 'anyOf' : name, readable(value)]),
  );
}

function isExpression(value: Json): boolean {
  if (typeof value !== 'string') return true;
  try {
    return new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

known('the examples of the ratified OpenAPI document of EPCIS 2.0', () => {
  let app: TestApp;
  let token: string;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  const visited = new Set<string>();
  const compiled = new Map<string, ValidateFunction>();

  /** A schema of the document, with the `$ref`s within it. */
  function schemaFor(key: string, schema: Json): ValidateFunction {
    const there = compiled.get(key);
    if (there !== undefined) return there;
    const $id = `https://ratified.example/${encodeURIComponent(key)}`;
    const validate = ajv.compile({
      $id,
      components: readable(ratified!.components as unknown as Json),
      allOf: [readable(schema)],
    });
    compiled.set(key, validate);
    return validate;
  }

  beforeAll(async () => {
    app = await startApp({ demo: true });
    token = await tokenOf(app, 'operator@kilimani.example');
  });
  afterAll(() => app.close());

  const send = (method: string, path: string, body?: Json, headers: Record<string, string> = {}, as = token) =>
    app.rest(MAPPED.root + path, {
      method,
      headers: {
        ...(as !== '' && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  /** Status, headers and shape of an answer, against what the document says of it. Answers the body. */
  async function asDescribed(
    answer: Response,
    method: string,
    path: string,
    status: number,
    mediaType = 'application/json',
  ): Promise<Json> {
    visited.add(`${method} ${path}`);
    const text = await answer.text();
    expect([method, path, answer.status, answer.status === status ? '' : text]).toEqual([method, path, status, '']);
    const described = responseOf(method, path, status);
    const missing = Object.keys(described.headers ?? {}).filter(
      (name) => !MAPPED.conditionalHeaders.has(name) && answer.headers.get(name) === null,
    );
    expect(missing).toEqual([]);
    const media = described.content?.[mediaType];
    if (media === undefined) return text === '' ? null : (JSON.parse(text) as Json);
    expect(answer.headers.get('content-type')).toMatch(mediaType);
    const body = JSON.parse(text) as Json;
    const key = `${method} ${path} ${status}`;
    if (media.schema !== undefined && !MAPPED.contradicted.has(key)) {
      const validate = schemaFor(`${key} ${mediaType}`, media.schema);
      expect([body, validate(body), validate.errors?.slice(0, 3)]).toEqual([body, true, undefined]);
    }
    return body;
  }

  const example = (method: string, path: string): Json =>
    operationOf(method, path).requestBody!.content!['application/json']!.example!;

  const place = (answer: Response): string => {
    const location = new URL(answer.headers.get('location')!, app.url);
    return location.pathname.slice(MAPPED.root.length);
  };

  describe('OPTIONS', () => {
    const ids: Readonly<Record<string, string>> = {
      eventType: 'ObjectEvent',
      epc: encodeURIComponent('urn:epc:id:sgtin:0614141.107346.2018'),
      bizStep: 'shipping',
      bizLocation: encodeURIComponent('urn:epc:id:sgln:0012345.11111.0'),
      readPoint: encodeURIComponent('urn:epc:id:sgln:0012345.11111.400'),
      disposition: 'in_transit',
    };
    const paths = Object.entries(ratified?.paths ?? {})
      .filter(([, methods]) => methods['options'] !== undefined)
      .map(([path]) => path)
      .filter((path) => !/\{(captureID|eventID|queryName|subscriptionID)\}/.test(path));

    it.each(paths)('of %s is answered', async (path) => {
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
      const answer = await send('OPTIONS', url === '/' ? '' : url);
      await asDescribed(answer, 'OPTIONS', path, 204);
      const methods = Object.keys(ratified!.paths[path]!).filter((method) => method !== 'parameters');
      for (const method of methods) expect(answer.headers.get('allow')).toContain(method.toUpperCase());
    });
  });

  it('GET / names the resources of the example', async () => {
    const body = await asDescribed(await send('GET', ''), 'GET', '/', 200);
    const { member } = responseOf('GET', '/', 200).content!['application/json']!.example as { member: string[] };
    expect((body as { member: string[] }).member.toSorted()).toEqual(member.toSorted());
  });

  describe('capture', () => {
    let job: string;

    it('takes the document of the example, whose EPCs are of another company and were never commissioned here', async () => {
      const answer = await send('POST', '/capture', example('POST', '/capture'));
      await asDescribed(answer, 'POST', '/capture', 202);
      job = place(answer);
      expect(job).toMatch(/^\/capture\//);
    });

    it('tells what became of it', async () => {
      const path = '/capture/{captureID}';
      const done = await eventually('the job has ended', async () => {
        const body = await asDescribed(await send('GET', job), 'GET', path, 200);
        return (body as { running: boolean }).running ? undefined : body;
      });
      expect(done).toMatchObject({ running: false, success: true, captureErrorBehaviour: 'rollback' });
      await asDescribed(await send('OPTIONS', job), 'OPTIONS', path, 204);
      const list = await asDescribed(await send('GET', '/capture'), 'GET', '/capture', 200);
      expect(list).toHaveLength(1);
    });

    it('answers the event of the example, which the document brought already, and no other under its eventID', async () => {
      const event = example('POST', '/events') as Record<string, Json>;
      const again = await send('POST', '/events', event);
      await asDescribed(again, 'POST', '/events', 201);
      const other = await send('POST', '/events', { ...event, disposition: 'active' });
      await asDescribed(other, 'POST', '/events', 409, 'application/problem+json');
    });

    it('takes the event of the example at another time, where no eventID comes with it', async () => {
      const event = example('POST', '/events') as Record<string, Json>;
      const fresh = Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'eventID'));
      fresh['eventTime'] = '2005-04-05T20:33:31.116-06:00';
      const answer = await send('POST', '/events', fresh);
      await asDescribed(answer, 'POST', '/events', 201);
      const one = await asDescribed(await send('GET', place(answer)), 'GET', '/events/{eventID}', 200);
      expect(JSON.stringify(one)).toContain('http://transaction.acme.com/po/12345678');
      await asDescribed(await send('OPTIONS', place(answer)), 'OPTIONS', '/events/{eventID}', 204);
    });
  });

  describe('what was captured is found', () => {
    it('by GET /events', async () => {
      const body = await asDescribed(await send('GET', '/events?EQ_bizStep=receiving'), 'GET', '/events', 200);
      expect(JSON.stringify(body)).toContain('Example of a vendor/user extension');
    });

    it.each([
      ['/eventTypes', 'ObjectEvent'],
      ['/epcs', 'urn:epc:id:sgtin:0614141.107346.2018'],
      ['/bizSteps', 'shipping'],
      ['/bizLocations', 'urn:epc:id:sgln:0012345.11111.0'],
      ['/readPoints', 'urn:epc:id:sgln:0614141.07346.1234'],
      ['/dispositions', 'in_transit'],
    ])('by %s', async (path, value) => {
      const item = Object.keys(ratified!.paths).find((each) => new RegExp(`^${path}/\\{\\w+\\}$`).test(each))!;
      const list = await asDescribed(await send('GET', path), 'GET', path, 200);
      expect(list).toMatchObject({ type: 'Collection' });
      const below = await asDescribed(await send('GET', `${path}/${encodeURIComponent(value)}`), 'GET', item, 200);
      expect(below).toMatchObject({ member: ['events'] });
      const url = `${path}/${encodeURIComponent(value)}/events`;
      const found = await asDescribed(await send('GET', url), 'GET', `${item}/events`, 200);
      expect(JSON.stringify(found)).toContain('ObjectEvent');
    });
  });

  describe('queries', () => {
    const query = { name: 'myQuery', query: { EQ_bizStep: ['shipping', 'receiving'], eventType: ['ObjectEvent'] } };
    let subscription: string;

    it('keeps the query of the example', async () => {
      const answer = await send('POST', '/queries', query);
      await asDescribed(answer, 'POST', '/queries', 201);
      expect(place(answer)).toBe('/queries/myQuery');
      await asDescribed(await send('POST', '/queries', query), 'POST', '/queries', 409, 'application/problem+json');
      await asDescribed(await send('OPTIONS', '/queries/myQuery'), 'OPTIONS', '/queries/{queryName}', 204);
      expect(await asDescribed(await send('GET', '/queries'), 'GET', '/queries', 200)).toMatchObject([query]);
      expect(
        await asDescribed(await send('GET', '/queries/myQuery'), 'GET', '/queries/{queryName}', 200),
      ).toMatchObject(query);
    });

    it('answers what it finds', async () => {
      const path = '/queries/{queryName}/events';
      await asDescribed(await send('OPTIONS', '/queries/myQuery/events'), 'OPTIONS', path, 204);
      const body = await asDescribed(await send('GET', '/queries/myQuery/events'), 'GET', path, 200);
      expect(body).toMatchObject({ epcisBody: { queryResults: { queryName: 'myQuery' } } });
    });

    it('takes the subscription of the example', async () => {
      const path = '/queries/{queryName}/subscriptions';
      await asDescribed(await send('OPTIONS', '/queries/myQuery/subscriptions'), 'OPTIONS', path, 204);
      const answer = await send('POST', '/queries/myQuery/subscriptions', example('POST', path));
      const body = await asDescribed(answer, 'POST', path, 201);
      expect(JSON.stringify(body)).not.toContain('13df38d8275b13f05704629e5f1cf3d45d6132d5');
      subscription = place(answer);
      const list = await asDescribed(await send('GET', '/queries/myQuery/subscriptions'), 'GET', path, 200);
      expect(list).toHaveLength(1);
    });

    it('tells of it, ends it and forgets the query', async () => {
      const path = '/queries/{queryName}/subscriptions/{subscriptionID}';
      await asDescribed(await send('OPTIONS', subscription), 'OPTIONS', path, 204);
      expect(await asDescribed(await send('GET', subscription), 'GET', path, 200)).toMatchObject({
        schedule: { hour: '1', minute: '5' },
      });
      await asDescribed(await send('DELETE', subscription), 'DELETE', path, 204);
      await asDescribed(await send('DELETE', '/queries/myQuery'), 'DELETE', '/queries/{queryName}', 204);
      await asDescribed(
        await send('GET', '/queries/myQuery'),
        'GET',
        '/queries/{queryName}',
        404,
        'application/problem+json',
      );
    });
  });

  it.each([...MAPPED.contradicted])('%s is described by a schema that its own example contradicts: %s', (key) => {
    const [method, path, status] = key.split(' ') as [string, string, string];
    const [media] = Object.values(responseOf(method, path, Number(status)).content!);
    const own = media!.example ?? (media!.schema as { example?: Json }).example!;
    expect(schemaFor(`${key} itself`, media!.schema!)(own)).toBe(false);
  });

  describe('what is refused', () => {
    const PROBLEM = 'application/problem+json';

    it('is told as described', async () => {
      const id = '0190f0f0-0000-7000-8000-000000000000';
      await asDescribed(await send('GET', `/capture/${id}`), 'GET', '/capture/{captureID}', 404, PROBLEM);
      await asDescribed(await send('GET', '/events/urn:uuid:none'), 'GET', '/events/{eventID}', 404, PROBLEM);
      await asDescribed(await send('GET', '/events', undefined, {}, ''), 'GET', '/events', 401, PROBLEM);
      await asDescribed(
        await send('POST', '/capture', example('POST', '/capture'), {}, await tokenOf(app, 'admin@kilimani.example')),
        'POST',
        '/capture',
        403,
        PROBLEM,
      );
      await asDescribed(await send('POST', '/capture', { type: 'EPCISDocument' }), 'POST', '/capture', 400, PROBLEM);
      await asDescribed(
        await send('GET', '/events', undefined, { 'GS1-EPCIS-Min': '3.0' }),
        'GET',
        '/events',
        406,
        PROBLEM,
      );
      await asDescribed(
        await send('POST', '/capture', 'x', { 'content-type': 'text/plain' }),
        'POST',
        '/capture',
        415,
        PROBLEM,
      );
      await asDescribed(
        await send('GET', '/eventTypes/ObjectEvent/events?EQ_nothing=1'),
        'GET',
        '/eventTypes/{eventType}/events',
        400,
        PROBLEM,
      );
    });
  });

  it.each(['', '/capture', '/events', '/eventTypes/ObjectEvent/events'])('GET %s answers in XML too', async (path) => {
    const answer = await send('GET', path, undefined, { accept: 'application/xml' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/xml; charset=utf-8']);
    expect(await answer.text()).toMatch(/^<\?xml /);
  });

  it('leave out no operation of the document', () => {
    const all = Object.entries(ratified!.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(all.filter((each) => !visited.has(each))).toEqual([]);
  });
});
