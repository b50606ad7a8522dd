import { demoNetwork } from '../../prisma/demo/network.js';
import { checkDigit } from '../../src/domain/gs1/check-digit.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const PRODUCT = `mutation ($input: ProductInput!) {
  registerProduct(input: $input) { gtin }
}`;
const UPDATE_ORGANISATION = `mutation ($gln: String!, $input: OrganisationChangeInput!) {
  updateOrganisation(gln: $gln, input: $input) { gln name country companyPrefixes }
}`;
const UPDATE_SITE = `mutation ($gln: String!, $input: SiteChangeInput!) {
  updateSite(gln: $gln, input: $input) { gln name address country latitude longitude }
}`;
const UPDATE_PRODUCT = `mutation ($gtin: String!, $input: ProductChangeInput!) {
  updateProduct(gtin: $gtin, input: $input) {
    gtin name commonName form strength packSize storageConditions minCelsius maxCelsius
  }
}`;

const gln = (body: string) => body.padEnd(12, '0') + checkDigit(body.padEnd(12, '0'));
const gtin = (prefix: string, item: number) => {
  const body = `0${prefix}${String(item).padStart(12 - prefix.length, '0')}`;
  return body + checkDigit(body);
};
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

describe('what changes in life', () => {
  let app: TestApp;
  let other: TestApp;
  let regulator: string;
  let maker: string;
  const [authority, , kilimani] = demoNetwork;
  const [site] = kilimani!.sites;
  const gtin1 = kilimani!.products[0]!.gtin;

  beforeAll(async () => {
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

  it('of an organisation is set by a regulator, and known everywhere', async () => {
    const change = { gln: kilimani!.gln, input: { name: ' Kilimani Pharma ' } };
    expect((await app.refusal(UPDATE_ORGANISATION, change, maker)).extensions.code).toBe('FORBIDDEN');
    const { updateOrganisation } = await app.ask(UPDATE_ORGANISATION, change, regulator);
    expect(updateOrganisation).toEqual({
      gln: kilimani!.gln,
      name: 'Kilimani Pharma',
      country: kilimani!.country,
      companyPrefixes: [...kilimani!.companyPrefixes].sort(),
    });
    await eventually(
      'the other process knows the name',
      () => other.get(PartnersDirectory).organisationByGln(kilimani!.gln)?.name === 'Kilimani Pharma',
    );
    const moved = await app.ask(UPDATE_ORGANISATION, { ...change, input: { country: 'tz' } }, regulator);
    expect(moved).toMatchObject({ updateOrganisation: { name: 'Kilimani Pharma', country: 'TZ' } });
    const same = await app.ask(UPDATE_ORGANISATION, { ...change, input: {} }, regulator);
    expect(same).toEqual(moved);
  });

  it.each([
    ['an organisation that is not there', gln('9529900'), {}, 'NOT_FOUND'],
    ['a GLN with a wrong check digit', '9529900000000', {}, 'GLN_INVALID'],
    ['an empty name', authority!.gln, { name: ' ' }, 'TEXT_REQUIRED'],
    ['no name', authority!.gln, { name: null }, 'TEXT_REQUIRED'],
    ['a country in words', authority!.gln, { country: 'Kenya' }, 'COUNTRY_INVALID'],
  ])('of an organisation is refused for %s', async (_name, of, input, code) => {
    expect((await app.refusal(UPDATE_ORGANISATION, { gln: of, input }, regulator)).extensions.code).toBe(code);
  });

  it('of a site is set by its own admin, and what is left out stays', async () => {
    const ask = (input: object) => app.ask(UPDATE_SITE, { gln: site!.gln, input }, maker);
    const first = await ask({ address: 'Harbour Road 7', latitude: -1.25, longitude: 36.5 });
    const whole = { gln: site!.gln, name: site!.name, address: 'Harbour Road 7', country: site!.country };
    expect(first).toEqual({ updateSite: { ...whole, latitude: -1.25, longitude: 36.5 } });
    expect(await ask({ latitude: 2 })).toMatchObject({ updateSite: { latitude: 2, longitude: 36.5 } });
    const emptied = { address: null, latitude: null, longitude: null };
    expect(await ask({ name: 'Hall 7', ...emptied })).toEqual({ updateSite: { ...whole, ...emptied, name: 'Hall 7' } });
    expect(app.get(PartnersDirectory).siteByGln(site!.gln)?.name).toBe('Hall 7');
  });

  it.each([
    ['half a place', { latitude: 1, longitude: null }, 'COORDINATES_INVALID'],
    ['a place beyond the pole', { latitude: 91, longitude: 0 }, 'COORDINATES_INVALID'],
    ['no name', { name: null }, 'TEXT_REQUIRED'],
    ['an endless address', { address: 'x'.repeat(201) }, 'TEXT_TOO_LONG'],
  ])('of a site is refused for %s', async (_name, input, code) => {
    expect((await app.refusal(UPDATE_SITE, { gln: site!.gln, input }, maker)).extensions.code).toBe(code);
  });

  it('of a site or a product is nobody else’s to change', async () => {
    const stranger = await tokenOf(app, 'admin@huye.example');
    const input = { name: 'Ours now' };
    expect((await app.refusal(UPDATE_SITE, { gln: site!.gln, input }, stranger)).extensions.code).toBe('NOT_FOUND');
    const operator = await tokenOf(app, 'operator@kilimani.example');
    expect((await app.refusal(UPDATE_SITE, { gln: site!.gln, input }, operator)).extensions.code).toBe('FORBIDDEN');
    expect((await app.refusal(UPDATE_PRODUCT, { gtin: gtin1, input }, stranger)).extensions.code).toBe('FORBIDDEN');
    const foreign = demoNetwork.find((each) => each.role === 'manufacturer' && each.gln !== kilimani!.gln)!;
    const theirs = { gtin: foreign.products[0]!.gtin, input };
    expect((await app.refusal(UPDATE_PRODUCT, theirs, maker)).extensions.code).toBe('NOT_FOUND');
  });

  it('of a product is set by its owner, and what is left out stays', async () => {
    const own = product({ gtin: gtin('9521001', 801), minCelsius: 2 });
    await app.ask(PRODUCT, { input: own }, maker);
    const ask = (input: object) => app.ask(UPDATE_PRODUCT, { gtin: own.gtin, input }, maker);
    const changed = {
      name: 'Kilidox 100',
      form: 'tablet',
      storageConditions: 'Keep dry.',
      maxCelsius: 8.5,
      packSize: 20,
    };
    const kept = { gtin: own.gtin, commonName: 'doxycycline', strength: '100 mg', minCelsius: 2 };
    expect(await ask(changed)).toEqual({ updateProduct: { ...kept, ...changed } });
    const emptied = { commonName: null, storageConditions: null, minCelsius: null, maxCelsius: null };
    expect(await ask(emptied)).toEqual({ updateProduct: { ...kept, ...changed, ...emptied } });
    expect(app.get(PartnersDirectory).product(own.gtin)?.packSize).toBe(20);
  });

  it.each([
    ['temperatures that cross', { minCelsius: 9, maxCelsius: 8 }, 'TEMPERATURE_INVALID'],
    ['no form', { form: null }, 'TEXT_REQUIRED'],
    ['a pack of nothing', { packSize: 0 }, 'PACK_SIZE_INVALID'],
    ['no pack size', { packSize: null }, 'PACK_SIZE_INVALID'],
  ])('of a product is refused for %s', async (_name, input, code) => {
    expect((await app.refusal(UPDATE_PRODUCT, { gtin: gtin1, input }, maker)).extensions.code).toBe(code);
  });

  it('of a product is never its pack size once packs of it are commissioned', async () => {
    const ask = (input: object) => app.graphql(UPDATE_PRODUCT, { gtin: gtin1, input }, maker);
    const insert = `insert into lot (gtin, quantity, commissioned, expiry, number) values ($1::bigint, 10, $2, '2030-01-31', $3)`;
    await app.database.execute('test_lot', insert, [gtin1, 0, 'EMPTY']);
    expect((await ask({ packSize: 33 })).errors).toBeUndefined();
    await app.database.execute('test_lot', insert, [gtin1, 1, 'USED']);
    expect((await ask({ packSize: 34 })).errors).toMatchObject([{ extensions: { code: 'PRODUCT_IN_USE' } }]);
    expect((await ask({ packSize: 33, name: 'Kilimox' })).errors).toBeUndefined();
  });
});
