import { signInAs } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const SITE = '9521001001014';
const GS = '\u001d';
const REPORT = 'mutation ($scan: String!, $reason: String!) { reportSuspicionPublic(scan: $scan, reason: $reason) }';

let app: TestApp;
let token: string;

const codeOf = (serial: string, expiry = '290630'): string => `]d201${GTIN}21${serial}${GS}17${expiry}10PUB1`;

beforeAll(async () => {
  app = await startApp({ demo: true });
  token = (await signInAs(app, 'operator@kilimani.example')).accessToken;
  await app.ask(
    `mutation ($lot: RegisterLotInput!, $packs: CommissionInput!) {
      registerLot(input: $lot) { number } commission(input: $packs) { duplicate } }`,
    {
      lot: { gtin: GTIN, number: 'PUB1', expiry: '2029-06-30', quantity: 10 },
      packs: {
        gtin: GTIN,
        lot: 'PUB1',
        serials: ['PUBLIC001', 'PUBLIC002'],
        site: SITE,
        eventTime: '2026-11-01T08:00:00.000+03:00',
      },
    },
    token,
  );
});
afterAll(() => app.close());

describe('anybody who scans a pack', () => {
  it('blocks it by saying what is wrong, with an event that names no reporter', async () => {
    const scan = codeOf('PUBLIC001');
    const { reportSuspicionPublic } = await app.ask<{ reportSuspicionPublic: string }>(REPORT, {
      scan,
      reason: 'The tablets are another colour.',
    });
    const rows = await app.database.query<{ body: string; captured_by: number }>(
      'test-report',
      `select body, captured_by from event order by position desc limit 1`,
    );
    const event = JSON.parse(rows[0]!.body) as Record<string, unknown>;
    expect(event).toMatchObject({ eventID: reportSuspicionPublic, 'halisi:hold': 'suspect', bizStep: 'inspecting' });
    expect(event['readPoint']).toBeUndefined();
    expect(rows[0]!.captured_by).toBe(0);
    const { verifyPublic } = await app.ask<{ verifyPublic: unknown }>(
      'query ($scan: String!) { verifyPublic(scan: $scan) { verdict reason { code } } }',
      { scan },
    );
    expect(verifyPublic).toEqual({ verdict: 'GENUINE_DO_NOT_SUPPLY', reason: { code: 'SUSPECT' } });
  });

  it('blocks nothing with a code that differs from what is recorded', async () => {
    for (const scan of [codeOf('PUBLIC002', '300630'), codeOf('NOSUCHPACK'), `01${GTIN}21PUBLIC002`]) {
      const refusal = await app.refusal(REPORT, { scan, reason: 'I want it blocked.' });
      expect(refusal.extensions?.['code']).toBe('PACK_DOES_NOT_AGREE');
    }
    const rows = await app.database.query('test-holds', `select from hold where serial = 'PUBLIC002'`);
    expect(rows).toHaveLength(0);
  });

  it('is not heard twice about the same pack', async () => {
    const refusal = await app.refusal(REPORT, { scan: codeOf('PUBLIC001'), reason: 'Again.' });
    expect(refusal.extensions?.['code']).toBe('ALREADY_ON_HOLD');
  });

  it('leaves a report that its maker and the regulator read, with nobody as its author', async () => {
    const query = `query ($epc: String!, $first: Int!) {
      pack(epc: $epc) { holds { kind openedBy { name } } trail { event { bizStep } holder { name } } tenures { organisation { name } } }
      holds(first: $first) { nodes { kind openedBy { name } } }
      events(first: $first) { nodes { bizStep document } } }`;
    const variables = { epc: `https://id.gs1.org/01/${GTIN}/21/PUBLIC001`, first: 10 };
    const trails = `query { accessTrail { nodes { operation owners { name } } } }`;
    for (const email of ['quality@kilimani.example', 'inspector@authority.example']) {
      const reader = (await signInAs(app, email)).accessToken;
      const seen = await app.ask<Record<string, unknown>>(query, variables, reader);
      const nobody = { kind: 'SUSPECT', openedBy: null };
      expect(seen['pack']).toMatchObject({ holds: [nobody], trail: [{}, { event: { bizStep: 'inspecting' } }] });
      expect(seen['holds']).toMatchObject({ nodes: [nobody] });
      await app.ask(trails, {}, reader);
    }
  });
});
