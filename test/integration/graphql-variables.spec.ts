import { demoNetwork } from '../../prisma/demo/network.js';
import type { GraphqlAnswer } from '../support/graphql-client.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

/** A query is interpreted when it first comes, compiled when it comes again, and runs compiled from then on. */
const TIMES = 4;

const SITES = 'query ($first: Int!) { sites(first: $first) { nodes { gln } } }';
const DEFAULTED = 'query ($first: Int! = 2) { sites(first: $first) { nodes { gln } } }';
const ROLE = 'query ($role: OrganisationRole) { organisations(role: $role) { nodes { gln } } }';
const PERSON = 'mutation ($input: PersonInput!) { registerPerson(input: $input) { id } }';
const SITE = 'mutation ($input: SiteInput!) { registerSite(input: $input) { gln } }';
const LABELS = `query ($style: LabelStyleInput) {
  lotLabels(gtin: "${demoNetwork[2]!.products[0]!.gtin}", style: $style) { pageInfo { hasNextPage } }
}`;
const person = { email: 'x@kilimani.example', name: 'X', password: 'a long password', roles: ['VIEWER'] };

describe('variables', () => {
  let app: TestApp;
  let admin: string;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    admin = await tokenOf(app, 'admin@kilimani.example');
  });
  afterAll(() => app.close());

  async function answers(query: string, variables: Record<string, unknown>): Promise<GraphqlAnswer<unknown>[]> {
    const all: GraphqlAnswer<unknown>[] = [];
    for (let time = 0; time < TIMES; time++) all.push(await app.graphql(query, variables, admin));
    return all;
  }

  it.each([
    ['a text for a number', SITES, { first: 'two' }],
    ['a fraction for a whole number', SITES, { first: 1.5 }],
    ['nothing for what is required', SITES, {}],
    ['null for what is required', SITES, { first: null }],
    ['null for what is required and has a default', DEFAULTED, { first: null }],
    ['a name that is not in the enumeration', ROLE, { role: 'WIZARD' }],
    ['a list for an enumeration', ROLE, { role: ['CLINIC', {}] }],
    ['a text for an object', PERSON, { input: 'x' }],
    ['a list for an object', PERSON, { input: [[person]] }],
    ['an object with a field missing', PERSON, { input: { ...person, name: undefined } }],
    ['an object with null in a required field', PERSON, { input: { ...person, name: null } }],
    ['an object with a field too many', PERSON, { input: { ...person, age: 7 } }],
    ['null in a list of what is required', PERSON, { input: { ...person, roles: [null] } }],
    ['a number in a list of an enumeration', PERSON, { input: { ...person, roles: [7] } }],
    ['an object with null in a field that has a default', LABELS, { style: { productName: null } }],
    ['an object for a fraction', SITE, { input: { gln: '1', name: 'x', country: 'KE', latitude: {} } }],
  ])('that are wrong (%s) are the client’s error, however often the query has come', async (name, query, variables) => {
    const all = await answers(`# ${name}\n${query}`, variables);
    expect(all.map(({ errors }) => errors?.map(({ extensions }) => extensions.code))).toEqual(
      all.map(() => ['BAD_USER_INPUT']),
    );
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 400));
    expect(new Set(all.map(({ errors }) => errors![0]!.message)).size).toBe(1);
  });

  it('that are left out take their defaults, however often the query has come', async () => {
    const all = await answers(DEFAULTED, {});
    for (const { data } of all) expect(data).toMatchObject({ sites: { nodes: [{}, {}] } });
    const fields = await answers(LABELS, { style: {} });
    for (const { data } of fields) expect(data).toEqual({ lotLabels: { pageInfo: { hasNextPage: false } } });
  });
});
