import fc from 'fast-check';
import { type TestApp, startApp } from '../support/start-app.js';
import { tokenOf } from '../support/sign-in.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 25);
/** Sign-in is rate-limited, and changes of a password or a session would end the run's own. */
const SPARED = new Set(['signIn', 'signOut', 'changePassword', 'clientToken', 'refreshSession']);

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType: TypeRef | null;
}
interface Argument {
  readonly name: string;
  readonly type: TypeRef;
}
interface Schema {
  readonly mutationType: { readonly fields: readonly { name: string; args: readonly Argument[]; type: TypeRef }[] };
  readonly types: readonly { name: string; inputFields: Argument[] | null; enumValues: { name: string }[] | null }[];
}

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';
const INTROSPECTION = `{ __schema { mutationType { fields { name args { name type { ${TYPE} } } type { ${TYPE} } } }
  types { name inputFields { name type { ${TYPE} } } enumValues { name } } } }`;

let app: TestApp;
let schema: Schema;
const tokens: string[] = [];
beforeAll(async () => {
  app = await startApp({ demo: true });
  schema = (await app.ask<{ __schema: Schema }>(INTROSPECTION)).__schema;
  for (const name of ['operator@kilimani', 'admin@kilimani', 'pharmacist@kibera', 'inspector@authority']) {
    tokens.push(await tokenOf(app, `${name}.example`));
  }
});
afterAll(() => app?.close());

const evil = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 3000 }),
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff x',
    '‮',
    '../../etc',
    `'; drop table item; --`,
    '%',
    '%00',
    '%zz',
    '{}',
    '[]',
    '1e309',
    '99999999999999999999',
    '-1',
    '0',
    'NaN',
    '9521001001014',
    '09521001000017',
    '106141411234567897',
    'https://id.gs1.org/01/09521001000017/21/%00',
    'https://id.gs1.org/01/09521001000017/21/%',
    'https://id.gs1.org/01/09521001000017/21/A',
    'https://id.gs1.org/00/106141411234567897',
    'https://id.gs1.org/01/09521001000017/21/%ED%A0%80',
    'urn:epc:id:sgtin:.',
    'urn:epc:id:sgtin:9521001.000001.',
    'urn:epc:id:sscc:9521001.',
    'urn:epc:id:sscc:.1',
    '2026-11-22T10:00:00.000+03:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999-14:00',
    'ni:///sha-256;' + '0'.repeat(64) + '?ver=CBV2.0',
    ']d2010952100100001721A',
    '\x1d',
    '(01)09521001000017(21)A',
  ),
);
const number = fc.constantFrom<unknown>(0, -1, 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 1e308, 0.5, '7', null);
/** Plausible values, so that some requests come further than the first check. */
const PLAUSIBLE: Record<string, readonly unknown[]> = {
  site: ['9521001001014', '9523001001018', '9520001001017'],
  eventTime: ['2026-11-01T10:00:00.000+03:00', '1900-01-01T00:00:00Z', '2026-11-01T10:00:00.123456789-14:00'],
  gtin: ['09521001000017', '9521001000017'],
  consignee: ['9523001001018'],
};

function valueOf(type: TypeRef, name: string, depth = 0): fc.Arbitrary<unknown> {
  if (type.kind === 'NON_NULL') {
    const inner = valueOf(type.ofType!, name, depth);
    return fc.oneof(
      { weight: 40, arbitrary: inner.filter((value) => value !== null) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
  }
  const some = presentOf(type, name, depth);
  return fc.oneof({ weight: 3, arbitrary: some }, { weight: 1, arbitrary: fc.constant(null) });
}

function presentOf(type: TypeRef, name: string, depth: number): fc.Arbitrary<unknown> {
  if (type.kind === 'LIST') return fc.array(valueOf(type.ofType!, name, depth + 1), { maxLength: 4 });
  const found = schema.types.find((each) => each.name === type.name);
  if (found?.enumValues) return fc.constantFrom(...found.enumValues.map((value) => value.name));
  if (found?.inputFields && depth < 4) {
    return fc.record(
      Object.fromEntries(found.inputFields.map((field) => [field.name, valueOf(field.type, field.name, depth + 1)])),
    );
  }
  if (type.name === 'Int' || type.name === 'Float' || type.name === 'Position') return number;
  if (type.name === 'Boolean') return fc.boolean();
  const plausible = PLAUSIBLE[name];
  return plausible
    ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...plausible) }, { weight: 1, arbitrary: evil })
    : evil;
}

const written = (type: TypeRef): string =>
  type.kind === 'NON_NULL'
    ? `${written(type.ofType!)}!`
    : type.kind === 'LIST'
      ? `[${written(type.ofType!)}]`
      : type.name!;
const named = (type: TypeRef): TypeRef => (type.ofType ? named(type.ofType) : type);

it('no argument of any mutation is a fault of ours', async () => {
  const answers = new Map<string, number>();
  for (const { name, args, type } of schema.mutationType.fields) {
    if (SPARED.has(name) || args.length === 0) continue;
    const selection = ['OBJECT', 'INTERFACE', 'UNION'].includes(named(type).kind) ? '{ __typename }' : '';
    const query = `mutation (${args.map((arg) => `$${arg.name}: ${written(arg.type)}`).join()}) {
      ${name}(${args.map((arg) => `${arg.name}: $${arg.name}`).join()}) ${selection} }`;
    const variables = fc.record(Object.fromEntries(args.map((arg) => [arg.name, valueOf(arg.type, arg.name)])));
    await fc.assert(
      fc.asyncProperty(variables, fc.constantFrom(...tokens), async (given, token) => {
        const { errors } = await app.graphql(query, given, token);
        for (const { extensions, message } of errors ?? []) {
          answers.set(extensions.code, (answers.get(extensions.code) ?? 0) + 1);
          if (extensions.code === 'INTERNAL' || !/^[A-Z][A-Z_]+$/.test(extensions.code)) {
            throw new Error(`${name} answers ${extensions.code}: ${message}`);
          }
        }
      }),
      { numRuns: RUNS },
    );
  }
  // Most requests must come further than the types of GraphQL, or the run shows little.
  expect(answers.size).toBeGreaterThan(8);
  if (process.env['FUZZ_SHOW']) console.log(answers);
}, 300_000);
