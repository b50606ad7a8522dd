import { demoNetwork } from '../../prisma/demo/network.js';
import { checkDigit, hasValidCheckDigit } from '../../src/domain/gs1/check-digit.js';
import { prefixOwnsGln, prefixOwnsGtin } from '../../src/domain/gs1/company-prefix.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { keptSecret } from '../../src/platform/embedded/secrets.js';
import { eventually } from '../support/eventually.js';
import { signInAs, tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const ORGANISATION = `mutation ($input: OrganisationInput!) {
  registerOrganisation(input: $input) { gln name role country companyPrefixes }
}`;
const SITE = `mutation ($input: SiteInput!) { registerSite(input: $input) { gln name latitude organisation { gln } } }`;
const PRODUCT = `mutation ($input: ProductInput!) {
  registerProduct(input: $input) { gtin name commonName packSize minCelsius maxCelsius organisation { name } }
}`;
const PERSON = `mutation ($input: PersonInput!) { registerPerson(input: $input) { id email roles } }`;

interface OrganisationPage {
  organisations: { nodes: { gln: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}

const gln = (body: string) => body.padEnd(12, '0') + checkDigit(body.padEnd(12, '0'));
const gtin = (prefix: string, item: number) => {
  const body = `0${prefix}${String(item).padStart(12 - prefix.length, '0')}`;
  return body + checkDigit(body);
};
const organisation = (body: string, rest: object = {}) => ({
  gln: gln(body),
  name: 'Soko Pharma',
  role: 'MANUFACTURER',
  country: 'ke',
  ...rest,
});
const product = (rest: object = {}) => ({
  gtin: gtin('9521001', 777),
  name: 'Kilidox',
  commonName: 'doxycycline',
  form: 'capsule',
  strength: '100 mg',
  packSize: 10,
  market: 'KE',
  maxCelsius: 25,
  ...rest,
});

describe('the demo network', () => {
  it('has valid keys throughout, each under a prefix of its owner', () => {
    for (const { companyPrefixes, ...each } of demoNetwork) {
      const owns = (test: (prefix: string) => boolean) => companyPrefixes.some(test);
      for (const key of [each.gln, ...each.sites.map((site) => site.gln)]) {
        expect(hasValidCheckDigit(key)).toBe(true);
        expect(owns((prefix) => prefixOwnsGln(prefix, key))).toBe(true);
      }
      for (const { gtin: key } of each.products) {
        expect(key).toHaveLength(14);
        expect(hasValidCheckDigit(key)).toBe(true);
        expect(owns((prefix) => prefixOwnsGtin(prefix, key))).toBe(true);
      }
    }
  });
});

describe('partners', () => {
  let app: TestApp;
  let other: TestApp;
  let regulator: string;
  let maker: string;

  beforeAll(async () => {
    // Two processes that start on an empty database at once load the demo network once.
    app = await startApp({ demo: true });
    other = await startApp({ demo: true, beside: app });
    [regulator, maker] = await Promise.all([
      tokenOf(app, 'admin@authority.example'),
      tokenOf(app, 'admin@kilimani.example'),
    ]);
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  it('are listed by GLN, page by page', async () => {
    const PAGE = `query ($after: String) { organisations(first: 4, after: $after) { nodes { gln } pageInfo { hasNextPage endCursor } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: OrganisationPage = await app.ask(PAGE, { after }, maker);
      const { nodes, pageInfo } = page.organisations;
      seen.push(...nodes.map((node) => node.gln));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    const demo = demoNetwork.map((each) => each.gln);
    expect(seen).toEqual([...seen].sort());
    expect(seen).toEqual(expect.arrayContaining(demo));
  });

  it('come with their sites and products, and a page by cursor of these', async () => {
    const { products } = await app.ask<{ products: { nodes: object[]; pageInfo: { endCursor: string } } }>(
      `{ products(first: 2, name: "KIL") { nodes { gtin name organisation { name } } pageInfo { endCursor } } }`,
      {},
      maker,
    );
    expect(products.nodes).toMatchObject([{ name: 'Kilimox 500' }, { name: 'Oxytokil' }]);
    const literal = `query ($name: String) { products(name: $name) { nodes { name } } }`;
    for (const name of ['%', '_', '\\']) {
      expect(await app.ask(literal, { name }, maker)).toEqual({ products: { nodes: [] } });
    }
    const { sites } = await app.ask<{ sites: { nodes: object[] } }>(
      `{ sites(first: 100) { nodes { gln organisation { name role } } } }`,
      {},
      maker,
    );
    expect(sites.nodes.length).toBeGreaterThanOrEqual(12);
  });

  it.each([
    ['a wrong check digit', organisation('9529001', { gln: '9529001000000' }), 'GLN_INVALID'],
    ['a GLN that is taken', organisation('9529001', { gln: demoNetwork[0]!.gln }), 'GLN_TAKEN'],
    ['a name of spaces', organisation('9529001', { name: '  ' }), 'TEXT_REQUIRED'],
    ['an endless name', organisation('9529001', { name: 'x'.repeat(201) }), 'TEXT_TOO_LONG'],
    ['a country in words', organisation('9529001', { country: 'Kenya' }), 'COUNTRY_INVALID'],
    ['a prefix with letters', organisation('9529001', { companyPrefixes: ['95A'] }), 'COMPANY_PREFIX_INVALID'],
    [
      'a prefix that another begins',
      organisation('9529001', { companyPrefixes: ['95210019'] }),
      'COMPANY_PREFIX_OVERLAPS',
    ],
    [
      'a prefix that begins another',
      organisation('9529001', { companyPrefixes: ['95210'] }),
      'COMPANY_PREFIX_OVERLAPS',
    ],
    ['the very same prefix', organisation('9529001', { companyPrefixes: ['9521001'] }), 'COMPANY_PREFIX_OVERLAPS'],
    [
      'own prefixes that overlap',
      organisation('9529001', { companyPrefixes: ['9529001', '95290019'] }),
      'COMPANY_PREFIX_OVERLAPS',
    ],
  ])('refuses an organisation with %s', async (_name, input, code) => {
    expect((await app.refusal(ORGANISATION, { input }, regulator)).extensions.code).toBe(code);
    const found = await app.ask(
      `query ($gln: String!) { organisation(gln: $gln) { name } }`,
      { gln: gln('9529001') },
      maker,
    );
    expect(found).toEqual({ organisation: null });
  });

  it('are registered by a regulator alone, with a first person who signs in', async () => {
    const input = organisation('9529100', {
      companyPrefixes: ['9529100'],
      firstPerson: { email: 'Boss@Soko.example', name: 'Boss', password: 'a long password', roles: ['ADMIN'] },
    });
    expect((await app.refusal(ORGANISATION, { input }, maker)).extensions.code).toBe('FORBIDDEN');
    const { registerOrganisation } = await app.ask(ORGANISATION, { input }, regulator);
    expect(registerOrganisation).toEqual({
      gln: gln('9529100'),
      name: 'Soko Pharma',
      role: 'MANUFACTURER',
      country: 'KE',
      companyPrefixes: ['9529100'],
    });
    const { accessToken } = await signInAs(other, 'boss@soko.example', 'a long password');
    const answer = await other.ask(PRODUCT, { input: product({ gtin: gtin('9529100', 1) }) }, accessToken);
    expect(answer).toMatchObject({ registerProduct: { name: 'Kilidox', organisation: { name: 'Soko Pharma' } } });
  });

  it('lets exactly one of two processes register the same GLN, or overlapping prefixes, at the same moment', async () => {
    const same = await Promise.all(
      [app, other, app, other].map((server) =>
        server.graphql(ORGANISATION, { input: organisation('9529200') }, regulator),
      ),
    );
    expect(same.filter((each) => each.errors === undefined)).toHaveLength(1);
    expect(codesOf(same)).toEqual(['GLN_TAKEN', 'GLN_TAKEN', 'GLN_TAKEN']);
    const prefixes = ['9529300', '95293001', '952930', '9529300'];
    const overlapping = await Promise.all(
      prefixes.map((prefix, index) =>
        (index % 2 === 0 ? app : other).graphql(
          ORGANISATION,
          { input: organisation(`95293${index + 1}`, { companyPrefixes: [prefix] }) },
          regulator,
        ),
      ),
    );
    expect(overlapping.filter((each) => each.errors === undefined)).toHaveLength(1);
    expect(new Set(codesOf(overlapping))).toEqual(new Set(['COMPANY_PREFIX_OVERLAPS']));
  });

  it('are known to every process’s directory soon after they change', async () => {
    await app.ask(ORGANISATION, { input: organisation('9529400') }, regulator);
    const ADD = `mutation ($gln: String!, $prefix: String!) { addCompanyPrefix(organisation: $gln, companyPrefix: $prefix) { companyPrefixes } }`;
    await app.ask(ADD, { gln: gln('9529400'), prefix: '9529400' }, regulator);
    expect(app.get(PartnersDirectory).ownerOfGtin(gtin('9529400', 5))?.gln).toBe(gln('9529400'));
    const owner = await eventually('the other process knows', () =>
      other.get(PartnersDirectory).ownerOfGtin(gtin('9529400', 5)),
    );
    expect(owner.prefixes).toEqual(['9529400']);
    await app.database.execute('rename', 'update organisation set name = $1 where id = $2', ['Renamed', owner.id]);
    for (const server of [app, other]) {
      await eventually(
        'both know the new name',
        () => server.get(PartnersDirectory).organisation(owner.id)?.name === 'Renamed',
      );
    }
  });

  it('register their own sites, each GLN once', async () => {
    const input = { gln: gln('9521001555'), name: 'New hall', country: 'KE', latitude: -1.5, longitude: 37 };
    const { registerSite } = await app.ask(SITE, { input }, maker);
    expect(registerSite).toMatchObject({ gln: input.gln, latitude: -1.5, organisation: { gln: demoNetwork[2]!.gln } });
    expect(app.get(PartnersDirectory).siteByGln(input.gln)?.name).toBe('New hall');
    expect((await other.get(PartnersDirectory).findSiteByGln(input.gln))?.name).toBe('New hall');
    expect((await app.refusal(SITE, { input }, maker)).extensions.code).toBe('GLN_TAKEN');
    const half = { ...input, gln: gln('9521001666'), longitude: null };
    expect((await app.refusal(SITE, { input: half }, maker)).extensions.code).toBe('COORDINATES_INVALID');
    const operator = await tokenOf(app, 'operator@kilimani.example');
    expect((await app.refusal(SITE, { input: half }, operator)).extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    ['under another’s prefix', product({ gtin: gtin('9521002', 777) }), 'GTIN_NOT_OWNED'],
    ['under nobody’s prefix', product({ gtin: gtin('9521999', 777) }), 'GTIN_NOT_OWNED'],
    ['with a wrong check digit', product({ gtin: '09521001007770' }), 'GTIN_INVALID'],
    ['that is registered', product({ gtin: demoNetwork[2]!.products[0]!.gtin }), 'GTIN_TAKEN'],
    ['of no unit', product({ packSize: 0 }), 'PACK_SIZE_INVALID'],
    ['stored between 8 and 2 degrees', product({ minCelsius: 8, maxCelsius: 2 }), 'TEMPERATURE_INVALID'],
    ['without a strength', product({ strength: '' }), 'TEXT_REQUIRED'],
  ])('cannot register a product %s', async (_name, input, code) => {
    expect((await app.refusal(PRODUCT, { input }, maker)).extensions.code).toBe(code);
  });

  it('register a product together with a sequence of serial numbers of its own key', async () => {
    const { registerProduct } = await app.ask(PRODUCT, { input: product() }, maker);
    expect(registerProduct).toMatchObject({ gtin: gtin('9521001', 777), maxCelsius: 25, minCelsius: null });
    const keys = await app.database.query<{ key: Buffer }>('keys', 'select key from serial_sequence');
    expect(new Set(keys.map(({ key }) => key.toString('hex'))).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(8);
    const clinic = await tokenOf(app, 'admin@huye.example');
    expect((await app.refusal(PRODUCT, { input: product() }, clinic)).extensions.code).toBe('FORBIDDEN');
  });

  it('manage their own people, and keep an admin', async () => {
    const admin = await tokenOf(app, 'admin@bagamoyo.example');
    const input = { email: 'new@bagamoyo.example', name: 'New', password: 'a long password', roles: ['VIEWER'] };
    const { registerPerson } = await app.ask<{ registerPerson: { id: number } }>(PERSON, { input }, admin);
    expect((await app.refusal(PERSON, { input }, admin)).extensions.code).toBe('EMAIL_TAKEN');
    const refusals: [object, string][] = [
      [{ email: 'nobody' }, 'EMAIL_INVALID'],
      [{ email: 'x@y.example', password: 'short' }, 'PASSWORD_REFUSED'],
      [{ email: 'x@y.example', roles: [] }, 'ROLES_REQUIRED'],
    ];
    for (const [change, code] of refusals) {
      expect((await app.refusal(PERSON, { input: { ...input, ...change } }, admin)).extensions.code).toBe(code);
    }
    const session = await signInAs(app, input.email, input.password);
    const DISABLE = `mutation ($id: Int!) { setPersonDisabled(id: $id, disabled: true) { disabledAt } }`;
    const stranger = await tokenOf(app, 'admin@huye.example');
    expect((await app.refusal(DISABLE, { id: registerPerson.id }, stranger)).extensions.code).toBe('NOT_FOUND');
    await app.ask(DISABLE, { id: registerPerson.id }, admin);
    await eventually('the token of the disabled person is refused', async () => {
      return (await other.graphql('{ me { roles } }', {}, session.accessToken)).errors !== undefined;
    });
    await expect(signInAs(app, input.email, input.password)).rejects.toThrow('CREDENTIALS_REFUSED');
    const { me } = await app.ask<{ me: { person: { id: number } } }>('{ me { person { id } } }', {}, admin);
    expect((await app.refusal(DISABLE, { id: me.person.id }, admin)).extensions.code).toBe('LAST_ADMIN');
  });

  it('do not see one another’s people', async () => {
    const { people } = await app.ask<{ people: { nodes: { email: string }[] } }>(
      '{ people { nodes { email } } }',
      {},
      maker,
    );
    expect(people.nodes.map(({ email }) => email).every((email) => email.endsWith('@kilimani.example'))).toBe(true);
  });
});

describe('an installation without the demo network', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ demo: false });
  });
  afterAll(() => app.close());

  const FIRST = `mutation ($code: String!, $input: OrganisationInput!) { registerFirstRegulator(setupCode: $code, input: $input) { name role } }`;
  const firstPerson = {
    email: 'first@regulator.example',
    name: 'First',
    password: 'a long password',
    roles: ['VIEWER'],
  };

  it('gets its first regulator from whoever can read the setup code, once', async () => {
    const code = keptSecret(app.config.home, 'setup-code', () => 'there is none');
    const input = organisation('9529500', { firstPerson });
    expect((await app.refusal(FIRST, { code: 'a guess', input }, undefined)).extensions.code).toBe('SETUP_CODE_WRONG');
    const nobody = await app.refusal(FIRST, { code, input: organisation('9529500') });
    expect(nobody.extensions.code).toBe('FIRST_PERSON_REQUIRED');
    const both = await Promise.all([
      app.graphql(FIRST, { code, input }),
      app.graphql(FIRST, {
        code,
        input: organisation('9529501', { firstPerson: { ...firstPerson, email: 'second@regulator.example' } }),
      }),
    ]);
    expect(both.filter((each) => each.errors === undefined)).toHaveLength(1);
    expect(codesOf(both)).toEqual(['ALREADY_SET_UP']);
    const winner = both[0]!.errors === undefined ? 'first' : 'second';
    const { accessToken } = await signInAs(app, `${winner}@regulator.example`, 'a long password');
    const { me } = await app.ask('{ me { roles organisation { role } } }', {}, accessToken);
    expect(me).toEqual({ roles: ['VIEWER', 'ADMIN'], organisation: { role: 'REGULATOR' } });
  });
});

describe('two processes that start at once on an empty database', () => {
  it('load the demo network once', async () => {
    const first = await startApp({ demo: false });
    const both = await Promise.all([startApp({ demo: true, beside: first }), startApp({ demo: true, beside: first })]);
    const [row] = await first.database.query<{ n: number }>('count', 'select count(*) as n from organisation');
    expect(row!.n).toBe(demoNetwork.length);
    for (const each of [...both, first]) await each.close();
  });
});

const codesOf = (
  answers: readonly { errors?: readonly { extensions: { code: string } }[] }[],
): (string | undefined)[] =>
  answers.filter((each) => each.errors !== undefined).map((each) => each.errors?.[0]?.extensions.code);
