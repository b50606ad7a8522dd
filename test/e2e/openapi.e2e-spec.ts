import { Validator } from '@seriousme/openapi-schema-validator';
import { ServedRoutes } from '../../src/platform/http/served-routes.js';
import { startApp, type TestApp } from '../support/start-app.js';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** What a browser gets of GraphQL, and its WebSocket: not REST. */
const NOT_REST = new Set([
  'GET /graphql',
  'GET /graphiql',
  'GET /graphiql/main.js',
  'GET /graphiql/sw.js',
  'GET /graphiql/config.js',
]);

/** `:id` and `*` as OpenAPI writes them. */
const asTemplate = (url: string): string =>
  (url.length > 1 ? url.replace(/\/$/, '') : url).replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Document;

  beforeAll(async () => {
    app = await startApp();
    const response = await app.rest('/openapi.json');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    document = (await response.json()) as Document;
  });
  afterAll(() => app.close());

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    const { valid, errors } = await new Validator().validate(
      JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
    );
    expect([valid, errors]).toEqual([true, undefined]);
  });

  it('has every route that is served, and no other', () => {
    const served = app
      .get(ServedRoutes)
      .all.filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${asTemplate(url)}`)
      .filter((route) => !NOT_REST.has(route));
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...new Set(served)].sort());
  });

  it('gives each operation a name of its own, and refers to nothing that is not there', () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((each) => each.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name!);
    expect([...new Set(referred)].filter((name) => document.components.schemas[name] === undefined)).toEqual([]);
  });
});
