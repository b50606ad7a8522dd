import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkShipmentFile, type ProfileFinding } from '../../src/domain/dscsa/profile.js';
import type { TransactionInformation } from '../../src/domain/dscsa/transaction-information.js';
import type { EpcisEvent } from '../../src/domain/epcis/event.js';
import { EpcisClient, type Job } from '../support/epcis-client.js';
import { signInAs, tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';
import { readFile, readText, sameEvent, textOf, type WholeDocument, xmlContent } from '../vectors/kinds/epcis-files.js';

const VECTORS = process.env['HALISI_VECTORS'] ?? join(process.cwd(), '../shared/vectors');
const SAMPLE = join(VECTORS, 'epcis/xml-1.2/GS1_US_Pharma_Example_2_2_1_1.xml');
const haveSample = existsSync(SAMPLE);

/** Who and where the sample names. */
const SELLER = {
  gln: '0300011111116',
  name: 'GS1 Pharma LLC',
  role: 'MANUFACTURER',
  prefix: '030001',
  sites: ['0300011111116', '0300011111215'],
  email: 'operator@pharma.example',
};
const BUYER = {
  gln: '0399999999991',
  name: 'GS1 Drug Distributor',
  role: 'DISTRIBUTOR',
  prefix: '039999',
  sites: ['0399999999991', '0399993456780'],
  email: 'operator@drugs.example',
};
const UNIT = '00300010123455';
const CASE = '10300010123452';
const PASSWORD = 'a long password';
const CARTON = `https://id.gs1.org/01/${CASE}/21/110`;
const PALLET = 'https://id.gs1.org/00/403000112345678901';
const unit = (serial: number): string => `https://id.gs1.org/01/${UNIT}/21/${serial}`;
const UNITS = Array.from({ length: 12 }, (_, at) => 11 + at);

async function register(
  app: TestApp,
  regulator: string,
  { sites, email, prefix, ...rest }: typeof SELLER,
): Promise<EpcisClient> {
  const firstPerson = { email, name: 'Operator', password: PASSWORD, roles: ['ADMIN', 'OPERATOR'] };
  const input = { ...rest, country: 'US', companyPrefixes: [prefix], firstPerson };
  const ORGANISATION = 'mutation ($input: OrganisationInput!) { registerOrganisation(input: $input) { gln } }';
  await app.ask(ORGANISATION, { input }, regulator);
  const { accessToken } = await signInAs(app, email, PASSWORD);
  for (const gln of sites) {
    const site = { gln, name: `Site ${gln}`, country: 'US' };
    await app.ask(
      'mutation ($input: SiteInput!) { registerSite(input: $input) { gln } }',
      { input: site },
      accessToken,
    );
  }
  return new EpcisClient(app.url, accessToken);
}

if (!haveSample) {
  it.skip('the pharma sample of GS1 US: no vectors here, see HALISI_VECTORS', () => undefined);
}

(haveSample ? describe : describe.skip)('the pharma sample of GS1 US (direct purchase, exchange 1)', () => {
  let app: TestApp;
  let seller: EpcisClient;
  let buyer: EpcisClient;
  let given: WholeDocument;
  let job: Job;

  beforeAll(async () => {
    app = await startApp({ demo: true });
    const regulator = await tokenOf(app, 'admin@authority.example');
    seller = await register(app, regulator, SELLER);
    buyer = await register(app, regulator, BUYER);
    for (const gtin of [UNIT, CASE]) {
      const input = { gtin, name: 'Epcistra', form: 'PILL', strength: '100mg', packSize: 500, market: 'US' };
      await app.ask(
        'mutation ($input: ProductInput!) { registerProduct(input: $input) { gtin } }',
        { input },
        seller.token,
      );
    }
    given = await readFile(SAMPLE);
    job = await seller.capture(readFileSync(SAMPLE, 'utf8'), { 'content-type': 'application/xml' });
  });
  afterAll(() => app?.close());

  it('is captured by its owner', () => {
    expect([job.errors, job.success]).toEqual([[], true]);
    expect(job['halisi:counts']).toMatchObject({ events: 8, captured: 8, refused: 0 });
  });

  it('shows the events of a pack, and what of them custody does not know', async () => {
    const query = `query ($epc: String!) { pack(epc: $epc) { life openGaps { code }
      trail { through gaps { code } event { bizStep } } } }`;
    const { pack } = await app.ask(query, { epc: unit(11) }, seller.token);
    expect(pack).toEqual({
      life: 'ACTIVE',
      openGaps: [{ code: 'PARENT_NO_CONTAINER' }],
      trail: [
        { through: unit(11), gaps: [], event: { bizStep: 'commissioning' } },
        // Custody knows no case with a serial number as a container.
        { through: unit(11), gaps: [{ code: 'PARENT_NO_CONTAINER' }], event: { bizStep: 'packing' } },
        // The sample's lot has expired since: what comes so late is judged by today.
        { through: CARTON, gaps: [{ code: 'EXPIRED' }], event: { bizStep: 'packing' } },
        { through: PALLET, gaps: [], event: { bizStep: 'shipping' } },
      ],
    });
  });

  it('comes back as 2.0 JSON with the same content', async () => {
    const answer = await seller.ask(`/epcis/capture/${job.captureID}/document`);
    const again = await readText(await answer.text(), 'application/json', 'schema');
    expect(textOf(again.header)).toBe(textOf(given.header));
    expect(again.events.map(({ event }) => sameEvent(event))).toEqual(
      given.events.map(({ event }) => sameEvent(event)),
    );
  });

  it('comes back as 1.2 XML with every element in its place', async () => {
    const answer = await seller.ask(`/epcis/capture/${job.captureID}/document`, {
      accept: 'application/xml; version=1.2',
    });
    expect(xmlContent(await answer.text())).toBe(xmlContent(readFileSync(SAMPLE, 'utf8')));
  });

  it('is a shipment file by the guideline', () => {
    const events = given.events.map(({ event }) => event as EpcisEvent);
    expect(checkShipmentFile(given.header, events)).toEqual([]);
  });

  it('is the shipment file that its buyer gets, and its transaction information', async () => {
    const [{ eventID } = { eventID: '' }] = (
      await app.ask<{ shipments: { nodes: { eventID: string }[] } }>(
        '{ shipments(first: 10, direction: INCOMING) { nodes { eventID } } }',
        {},
        buyer.token,
      )
    ).shipments.nodes;
    const path = `/dscsa/shipments/${encodeURIComponent(eventID)}`;
    const answer = await buyer.ask(`${path}/epcis`, { accept: 'application/xml' });
    const file = await readText(await answer.text(), 'application/xml', 'schema');
    const bare = ({ event }: WholeDocument['events'][number]) =>
      sameEvent({ ...(event as object), eventID: undefined, recordTime: undefined });
    expect(file.events.map(bare)).toEqual(given.events.map(bare));
    const told = (await (await buyer.ask(`${path}/transaction-information`)).json()) as TransactionInformation & {
      findings: ProfileFinding[];
    };
    expect(told.findings).toEqual([]);
    expect(told).toMatchObject({
      seller: { id: 'urn:epc:id:sgln:030001.111111.0', address: { city: 'Thousand Oaks', state: 'CA' } },
      // What the owner registered counts before what the document says.
      buyer: { id: 'urn:epc:id:sgln:039999.999999.0', name: 'Site 0399999999991', address: { city: 'New York' } },
      transactionDate: '2023-04-01',
      lines: [
        {
          gtin: UNIT,
          productName: 'Epcistra',
          ndc: '0001-0123-45',
          lot: 'A123',
          expiry: '2025-03-27',
          numberOfContainers: 12,
          serials: UNITS.map(String),
        },
      ],
      transactionStatement: { affirmed: true, legalNotice: expect.stringContaining('581(27)') as string },
      missing: [],
    });
    expect(told.containers.map(({ contains }) => contains).sort()).toEqual([3, 4, 4, 4]);
    expect(told.containers[0]).toMatchObject({ epc: PALLET, in: null });
  });
});
