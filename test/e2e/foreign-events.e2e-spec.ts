import { ForeignCapture } from '../../src/capture/foreign/foreign-capture.service.js';
import type { DocumentOutcome } from '../../src/capture/foreign/document.js';
import type { EpcisEvent } from '../../src/domain/epcis/event.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const KIBERA = '9523001001018';
const LOT = 'FOREIGN-1';
const GS = '\u001d';
const epc = (serial: string): string => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const code = (serial: string): string => `]d201${GTIN}21${serial}${GS}1730063010${LOT}`;
const start = Date.now() - 3_600_000;
const at = (minute: number): { eventTime: string; eventTimeZoneOffset: string } => ({
  eventTime: new Date(start + minute * 60_000).toISOString(),
  eventTimeZoneOffset: '+00:00',
});
const place = (gln: string) => ({ readPoint: { id: `https://id.gs1.org/414/${gln}` } });

let app: TestApp;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'operator@kilimani.example',
    clinic: 'pharmacist@kibera.example',
    clinicAdmin: 'admin@kibera.example',
    stranger: 'operator@ziwa.example',
    regulator: 'inspector@authority.example',
  };
  for (const [name, email] of Object.entries(people)) tokens[name] = await tokenOf(app, email);
});
afterAll(() => app.close());

/** Hands in events as the system of the organisation that has a site. */
function report(gln: string, ...events: object[]): Promise<DocumentOutcome> {
  const directory = app.get(PartnersDirectory);
  const { organisationId } = directory.siteByGln(gln)!;
  async function* batches() {
    await Promise.resolve();
    yield events.map((event, index) => ({ index, event: event as EpcisEvent }));
  }
  const actor = {
    organisationId,
    organisationRole: directory.organisation(organisationId)!.role,
    subject: { kind: 'client' as const, id: 1 },
    roles: ['operator' as const],
    tokenId: 'x',
  };
  return app.get(ForeignCapture).captureDocument({ actor, events: batches(), behaviour: 'rollback', document: null });
}

const object = (bizStep: string, disposition: string, action: string, serials: readonly string[]) => ({
  type: 'ObjectEvent' as const,
  ...{ action, bizStep, disposition, epcList: serials.map(epc) },
});
const dispensing = (serial: string, minute: number) => ({
  ...object('dispensing', 'dispensed', 'OBSERVE', [serial]),
  ...at(minute),
  ...place(KIBERA),
});
const commissioning = (serial: string, minute: number) => ({
  ...object('commissioning', 'active', 'ADD', [serial]),
  ...at(minute),
  ...place(FACTORY),
  ilmd: { 'gs1:hasBatchLotNumber': LOT, 'gs1:expirationDate': '2030-06-30' },
});
const transport = (bizStep: 'shipping' | 'receiving', serial: string, minute: number) => ({
  ...object(bizStep, bizStep === 'shipping' ? 'in_transit' : 'in_progress', 'OBSERVE', [serial]),
  ...at(minute),
  ...place(bizStep === 'shipping' ? FACTORY : KIBERA),
  destinationList: [{ type: 'location', destination: `https://id.gs1.org/414/${KIBERA}` }],
});

const VERIFY = `mutation ($input: VerifyInput!) { verify(input: $input) {
  verdict reason { code } reported { position code } } }`;
const verify = async (serial: string) =>
  (await app.ask<{ verify: object }>(VERIFY, { input: { scan: code(serial), site: KIBERA } }, tokens['clinic'])).verify;
const TRAIL = `query ($epc: String!) { pack(epc: $epc) { life holder { gln } openGaps { code }
  trail { holder { gln } gaps { code resolvedIn } declares declarations { position outcome reason } event { bizStep position } } } }`;
const pack = async (serial: string, who = 'maker') =>
  (await app.ask<{ pack: Record<string, unknown> | null }>(TRAIL, { epc: epc(serial) }, tokens[who])).pack;

it('a pack that is only reported is never genuine, and the reports are the evidence', async () => {
  const outcome = await report(KIBERA, dispensing('R1', 5));
  expect(outcome).toMatchObject({ captured: 1, reported: 1 });
  expect(await verify('R1')).toMatchObject({
    verdict: 'CANNOT_TELL',
    reason: { code: 'ONLY_REPORTED' },
    reported: [{ position: outcome.events[0]!.position, code: 'NOT_COMMISSIONED' }],
  });
  const query = '{ openGaps(first: 10) { nodes { epc code position } } }';
  const { openGaps } = await app.ask<{ openGaps: { nodes: object[] } }>(query, {}, tokens['clinic']);
  expect(openGaps.nodes).toContainEqual({
    epc: epc('R1'),
    code: 'NOT_COMMISSIONED',
    position: outcome.events[0]!.position,
  });
  const others = await app.ask<{ openGaps: { nodes: object[] } }>(query, {}, tokens['stranger']);
  expect(others.openGaps.nodes).toEqual([]);
});

it('the trace shows what was open of an event, and that it was closed when the missing events came', async () => {
  await report(KIBERA, dispensing('R2', 5));
  await report(FACTORY, commissioning('R2', 1));
  expect(await pack('R2')).toMatchObject({
    life: 'ACTIVE',
    openGaps: [{ code: 'NOT_COMMISSIONED' }],
    trail: [
      {
        holder: { gln: '9521001000000' },
        gaps: [{ code: 'NOT_COMMISSIONED', resolvedIn: null }],
        event: { bizStep: 'dispensing' },
      },
      { gaps: [], event: { bizStep: 'commissioning' } },
    ],
  });
  await report(FACTORY, transport('shipping', 'R2', 2));
  const last = await report(KIBERA, transport('receiving', 'R2', 3));
  expect(await pack('R2')).toMatchObject({ life: 'DISPENSED', openGaps: [] });
  const trail = (await pack('R2'))!['trail'] as { gaps: object[]; event: { bizStep: string } }[];
  expect(trail.find(({ event }) => event.bizStep === 'dispensing')?.gaps).toEqual([
    { code: 'NOT_COMMISSIONED', resolvedIn: last.events[0]!.position },
  ]);
});

it('whoever only reports on a pack does not get to see its history', async () => {
  await report(FACTORY, commissioning('R3', 1));
  await report(KIBERA, transport('receiving', 'R3', 3));
  expect(await pack('R3', 'clinic')).toBeNull();
  expect(await pack('R3', 'regulator')).not.toBeNull();
});

it('an event that is declared wrong keeps its place, and says so', async () => {
  const wrong = { ...transport('shipping', 'R4', 2), eventID: 'urn:uuid:5a1c1c8e-61a4-4a56-8a52-3f6d0e2b0004' };
  await report(FACTORY, commissioning('R4', 1), wrong);
  const errorDeclaration = { declarationTime: at(4).eventTime, reason: 'did_not_occur' };
  const declared = await report(FACTORY, { ...wrong, errorDeclaration });
  const { position } = declared.events[0]!;
  const answer = (await pack('R4'))!;
  expect(answer).toMatchObject({ life: 'ACTIVE' });
  expect(answer['trail']).toMatchObject([
    { event: { bizStep: 'commissioning' } },
    { event: { bizStep: 'shipping' }, declarations: [{ position, outcome: 'UNDONE', reason: 'did_not_occur' }] },
    { event: { position }, declares: position - 1 },
  ]);
});

it('an organisation that wants to be strict has refused what cannot be decided', async () => {
  const query = 'mutation { setCaptureMode(mode: STRICT) }';
  await app.ask(query, {}, tokens['clinicAdmin']);
  expect(await report(KIBERA, dispensing('R5', 5))).toMatchObject({
    stored: false,
    refusedEvents: [{ index: 0, code: 'NOT_COMMISSIONED', refusals: [{ epc: epc('R5'), code: 'NOT_COMMISSIONED' }] }],
  });
  const seen = await app.ask(
    `query ($gln: String!) { organisation(gln: $gln) { captureMode } }`,
    { gln: app.get(PartnersDirectory).organisation(app.get(PartnersDirectory).siteByGln(KIBERA)!.organisationId)!.gln },
    tokens['regulator'],
  );
  expect(seen).toEqual({ organisation: { captureMode: 'STRICT' } });
});
