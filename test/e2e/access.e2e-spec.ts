import jwt from 'jsonwebtoken';
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { GraphQLArgument, GraphQLInputType, GraphQLOutputType } from 'graphql';
import { getNamedType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType } from 'graphql';
import { AccessTrail } from '../../src/access/access-trail.js';
import { SigningKeys } from '../../src/access/signing-keys.js';
import { Tokens } from '../../src/access/tokens.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const ME = '{ me { roles } }';

describe('access', () => {
  let app: TestApp;
  let other: TestApp;
  let operator: string;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    other = await startApp({ demo: true, beside: app });
    operator = await tokenOf(app, 'operator@kilimani.example');
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const jwks = async (server = app) => {
    const answer = await server.rest('/.well-known/jwks.json');
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    return ((await answer.json()) as { keys: (JsonWebKey & { kid: string })[] }).keys;
  };
  const reasonFor = async (token: string) => {
    const { extensions } = await app.refusal(ME, {}, token);
    expect(extensions.code).toBe('UNAUTHENTICATED');
    return extensions.details?.['reason'];
  };

  it('publishes the keys of its tokens, old and new, without a private part', async () => {
    const [key] = await jwks();
    expect(jwt.verify(operator, createPublicKey({ key: key!, format: 'jwk' }), { audience: 'halisi' })).toBeTruthy();
    const rotated = await app.get(SigningKeys).rotate();
    const keys = await eventually('the other process publishes the new key', async () => {
      const published = await jwks(other);
      return published.length > 1 && published;
    });
    expect(keys.map(({ kid }) => kid)).toEqual([rotated, key!.kid]);
    for (const each of keys) expect(Object.keys(each).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const fresh = await tokenOf(app, 'operator@kilimani.example');
    expect(jwt.decode(fresh, { complete: true })?.header.kid).toBe(rotated);
    await other.ask(ME, {}, fresh);
    await other.ask(ME, {}, operator);
  });

  it('refuses tokens that are not signed by a key of ours with ES256', async () => {
    const { header, payload } = jwt.decode(operator, { complete: true })!;
    const claims = payload as jwt.JwtPayload;
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const [, body, signature] = operator.split('.');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [key] = await jwks();
    const publicPem = createPublicKey({ key: key!, format: 'jwk' }).export({ format: 'pem', type: 'spki' }) as string;
    const kid = header.kid!;
    const hostile = [
      `${part({ alg: 'none', kid })}.${body}.`,
      `${part({ alg: 'NONE', kid })}.${body}.${signature}`,
      `${part({ alg: 'HS256', kid })}.${body}.${hmac(`${part({ alg: 'HS256', kid })}.${body}`, publicPem)}`,
      jwt.sign(claims, foreign, { algorithm: 'ES256', keyid: kid }),
      jwt.sign(claims, foreign, { algorithm: 'ES256', keyid: 'no-such-key' }),
      jwt.sign(claims, foreign, { algorithm: 'ES256' }),
      `${operator.split('.')[0]}.${part({ ...claims, roles: ['admin'] })}.${signature}`,
      'x',
      'a.b.c',
      `${operator}x`.repeat(20),
    ];
    for (const token of hostile) expect(await reasonFor(token)).toBe('invalid');
  });

  it('refuses expired tokens and tokens for others, and says which it is', async () => {
    const { privateKey, kid } = await app.get(SigningKeys).current();
    const claims = jwt.decode(operator) as jwt.JwtPayload;
    const sign = (changes: object) =>
      jwt.sign({ ...claims, ...changes }, privateKey, { algorithm: 'ES256', keyid: kid });
    const now = Math.floor(Date.now() / 1000);
    expect(await reasonFor(sign({ exp: now - 1 }))).toBe('expired');
    expect(await reasonFor(sign({ aud: 'somebody else' }))).toBe('invalid');
    expect(await reasonFor(sign({ iss: 'somebody else' }))).toBe('invalid');
    expect(await reasonFor(sign({ role: 'emperor' }))).toBe('invalid');
    expect(await reasonFor(sign({ sub: 'person:1 or 1=1' }))).toBe('invalid');
    await app.ask(ME, {}, sign({}));
  });

  it('forgets a remembered check when the token expires', async () => {
    const tokens = app.get(Tokens);
    const fresh = await tokenOf(app, 'operator@kilimani.example');
    await tokens.check(fresh);
    expect(tokens.known(fresh)).toBeDefined();
    const later = Date.now() + app.config.tokens.accessSeconds * 1000 + 1;
    expect(tokens.known(fresh, later)).toBeUndefined();
    await expect(tokens.check(fresh, later)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('refuses a stranger every query, mutation and subscription that is not public', async () => {
    const { schema } = app.get(GraphQLSchemaHost);
    const open: string[] = [];
    for (const type of [schema.getQueryType(), schema.getMutationType()]) {
      for (const field of Object.values(type?.getFields() ?? {})) {
        const operation = type === schema.getMutationType() ? 'mutation' : 'query';
        const text = `${operation} { ${field.name}${argumentsOf(field.args)}${selectionOf(field.type)} }`;
        const answer = await app.graphql(text);
        const code = answer.errors?.[0]?.extensions.code;
        expect(code).not.toBe('GRAPHQL_VALIDATION_FAILED');
        if (code !== 'UNAUTHENTICATED') open.push(field.name);
      }
    }
    // What strangers may ask. A name that is added here is a decision that somebody reviews.
    const expected = [
      'anchorOf',
      'clientToken',
      'log',
      'refreshSession',
      'registerFirstRegulator',
      'server',
      'signIn',
      'reportSuspicionPublic',
      'verifyPublic',
    ];
    expect(open.filter((name) => !expected.includes(name))).toEqual([]);
    expect(open).toEqual(expect.arrayContaining(['server', 'signIn']));
  });

  it('answers public questions whatever token comes with them', async () => {
    expect(await app.ask('{ server { demo } }', {}, 'not a token')).toEqual({ server: { demo: true } });
  });

  it('refuses who is signed in and not allowed to, and says what it takes', async () => {
    const refused = await app.refusal(
      `mutation { registerPerson(input: { email: "a@b.example", name: "A", password: "long enough now", roles: [ADMIN] }) { id } }`,
      {},
      operator,
    );
    expect(refused.extensions).toMatchObject({
      code: 'FORBIDDEN',
      details: { ability: 'manage_own', roles: ['admin'] },
    });
  });

  describe('the access trail', () => {
    const TRAIL = `query ($first: Int!, $after: String) {
      accessTrail(first: $first, after: $after) {
        nodes { purpose operation subject personId reader { name } owners { name } }
        pageInfo { hasNextPage endCursor }
      }
    }`;
    interface Trail {
      accessTrail: {
        nodes: { purpose: string; subject: string; personId: number | null; reader: { name: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    }

    it('shows an organisation who read its data, why, and nobody else’s', async () => {
      const directory = app.get(PartnersDirectory);
      const actor = await app.get(Tokens).check(await tokenOf(app, 'pharmacist@kibera.example'));
      const kilimani = directory.ownerOfGtin('09521001000010')!;
      const trail = app.get(AccessTrail);
      await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          trail.record({
            actor,
            ownerIds: [kilimani.id, actor.organisationId],
            purpose: 'dispensing',
            operation: 'Query.trail',
            subject: `pack ${index}`,
          }),
        ),
      );
      const owner = await tokenOf(app, 'admin@kilimani.example');
      const first = await app.ask<Trail>(TRAIL, { first: 20 }, owner);
      expect(first.accessTrail.nodes).toHaveLength(20);
      expect(first.accessTrail.nodes[0]).toMatchObject({
        purpose: 'DISPENSING',
        personId: null,
        reader: { name: 'Kibera Health Centre (demo)' },
        owners: [{ name: kilimani.name }],
      });
      const { endCursor: after, hasNextPage } = first.accessTrail.pageInfo;
      expect(hasNextPage).toBe(true);
      const rest = await app.ask<Trail>(TRAIL, { first: 20, after }, owner);
      const subjects = [...first.accessTrail.nodes, ...rest.accessTrail.nodes].map(({ subject }) => subject);
      expect(new Set(subjects).size).toBe(30);
      const stranger = await app.ask<Trail>(TRAIL, { first: 20 }, await tokenOf(app, 'admin@usambara.example'));
      expect(stranger.accessTrail.nodes).toEqual([]);
      const auditor = await app.ask<Trail>(TRAIL, { first: 20 }, await tokenOf(app, 'auditor@uwazi.example'));
      expect(auditor.accessTrail.nodes[0]?.personId).toBe(actor.subject.id);
    });

    it('records nothing when an organisation reads its own data', async () => {
      const actor = await app.get(Tokens).check(operator);
      const count = async () =>
        (await app.database.query<{ n: number }>('n', 'select count(*) as n from access_trail'))[0]!.n;
      const before = await count();
      const access = { purpose: 'status', operation: 'Query.x', subject: 'y' } as const;
      await app.get(AccessTrail).record({ actor, ownerIds: [actor.organisationId], ...access });
      expect(await count()).toBe(before);
    });
  });
});

const hmac = (text: string, key: string): string => createHmac('sha256', key).update(text).digest('base64url');

function argumentsOf(args: readonly GraphQLArgument[]): string {
  const needed = args.filter((each) => isNonNullType(each.type) && each.defaultValue === undefined);
  return needed.length === 0
    ? ''
    : `(${needed.map((each) => `${each.name}: ${literal(each.type, each.name)}`).join(', ')})`;
}

/** Any value that the type accepts, as GraphQL text. */
function literal(type: GraphQLInputType, name: string): string {
  if (isNonNullType(type)) return literal(type.ofType as GraphQLInputType, name);
  if (isListType(type)) return `[${literal(type.ofType as GraphQLInputType, name)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((f) => isNonNullType(f.type) && f.defaultValue === undefined);
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type, field.name)}`).join(', ')} }`;
  }
  const samples: Record<string, string> = {
    Int: '1',
    Float: '1',
    Boolean: 'true',
    Position: '1',
    EventTime: '"2026-03-01T09:30:00.000+03:00"',
    Date: '"2028-03-01"',
    DateTime: '"2026-03-01T09:30:00.000Z"',
  };
  return samples[getNamedType(type).name] ?? '"x"';
}

function selectionOf(type: GraphQLOutputType): string {
  return isLeafType(getNamedType(type)) ? '' : ' { __typename }';
}
