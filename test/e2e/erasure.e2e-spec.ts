import { subscribe } from '../support/graphql-subscription.js';
import { eventually } from '../support/eventually.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const MOMBASA = '9522001001011';
const KIBERA = '9523001001018';
const LOT = 'ERASE-1';
const epc = (serial: string) => `https://id.gs1.org/01/${GTIN}/21/${serial}`;

interface Made {
  readonly eventID: string;
  readonly position: number;
  readonly document: Record<string, unknown>;
}
interface Erasure {
  readonly position: number;
  readonly loggedIn: number;
  readonly namedIn: readonly number[];
  readonly duplicate: boolean;
  readonly note: string | null;
  readonly erased: { readonly at: string; readonly reason: string; readonly by: string };
}
interface Shown {
  readonly position: number;
  readonly eventID: string;
  readonly bizStep: string | null;
  readonly document: Record<string, unknown>;
  readonly erased: { readonly reason: string; readonly by: string } | null;
}
interface PackAnswer {
  readonly life: string;
  readonly holder: { readonly gln: string };
  readonly trail: readonly { readonly event: Shown; readonly through: string }[];
  readonly tenures: readonly unknown[];
}

const EVENT = 'eventID position type bizStep eventTime recordTime epcs document erased { at reason by }';
const PACK = `query ($epc: String!) { pack(epc: $epc) {
  life holder { gln } site { gln } holds { kind reason }
  trail { through holder { gln } site { gln } event { ${EVENT} } }
  tenures { organisation { gln } site { gln } since until } } }`;
const ERASE = `mutation ($input: EraseEventInput!) { eraseEvent(input: $input) {
  position loggedIn namedIn duplicate note erased { at reason by } } }`;
const VERIFY = `mutation ($input: VerifyInput!) { verify(input: $input) { verdict evidence { eventID position } } }`;

let app: TestApp;
const tokens: Record<string, string> = {};
let clock = Date.now() - 3_600_000;

const inputOf = (input: Record<string, unknown>) => ({
  input: { eventTime: new Date((clock += 1000)).toISOString(), ...input },
});

function mutation(name: string): string {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { step: ${name}(input: $input) { event { eventID position document } } }`;
}

async function take(who: string, name: string, input: Record<string, unknown>): Promise<Made> {
  const answer = await app.ask<{ step: { event: Made } }>(mutation(name), inputOf(input), tokens[who]);
  return answer.step.event;
}

const packOf = async (who: string, serial: string): Promise<PackAnswer> =>
  (await app.ask<{ pack: PackAnswer }>(PACK, { epc: epc(serial) }, tokens[who])).pack;

const erase = async (who: string, position: number, reason = 'DATA_SUBJECT_REQUEST', note?: string): Promise<Erasure> =>
  (await app.ask<{ eraseEvent: Erasure }>(ERASE, { input: { position, reason, note } }, tokens[who])).eraseEvent;

const code = async (query: string, variables: Record<string, unknown>, who: string): Promise<unknown> =>
  (await app.refusal(query, variables, tokens[who])).extensions.code;

let box: string;
let shipping: Made;

beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'operator@kilimani.example',
    makerAdmin: 'admin@kilimani.example',
    distributor: 'operator@pwani.example',
    distributorAdmin: 'admin@pwani.example',
    clinic: 'pharmacist@kibera.example',
    clinicAdmin: 'admin@kibera.example',
    regulator: 'inspector@authority.example',
    auditor: 'auditor@uwazi.example',
  };
  for (const [name, email] of Object.entries(people)) tokens[name] = await tokenOf(app, email);
  const lot = { gtin: GTIN, number: LOT, expiry: '2030-06-30', quantity: 100 };
  const register = 'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }';
  await app.ask(register, { input: lot }, tokens['maker']);
  const serials = Array.from({ length: 6 }, (_, at) => `E${at}`);
  await take('maker', 'commission', { site: FACTORY, gtin: GTIN, lot: LOT, serials });
  box = (await take('maker', 'pack', { site: FACTORY, epcs: serials.slice(0, 4).map(epc) })).document[
    'parentID'
  ] as string;
  shipping = await take('maker', 'ship', { site: FACTORY, epcs: [box], consignee: MOMBASA, purchaseOrder: 'PO-1' });
  await take('distributor', 'receive', { site: MOMBASA, shipment: shipping.eventID });
  await take('distributor', 'unpack', { site: MOMBASA, sscc: box.split('/').at(-1), epcs: [epc('E0'), epc('E1')] });
  const toClinic = await take('distributor', 'ship', {
    site: MOMBASA,
    epcs: [epc('E0'), epc('E1')],
    consignee: KIBERA,
  });
  await take('clinic', 'receive', { site: KIBERA, shipment: toClinic.eventID, missing: [epc('E1')] });
  await take('clinic', 'dispense', { site: KIBERA, epcs: [epc('E0')] });
}, 180_000);
afterAll(() => app.close());

describe('an erased event', () => {
  it('is shown as erased, with when, why and by whom, wherever it was shown before', async () => {
    const dispensed = (await packOf('clinic', 'E0')).trail.at(-1)!.event;
    const erased = await erase('clinicAdmin', dispensed.position, 'DATA_SUBJECT_REQUEST', 'letter 12');
    expect(erased).toMatchObject({
      ...{ position: dispensed.position, namedIn: [], duplicate: false, note: 'letter 12' },
      erased: { reason: 'DATA_SUBJECT_REQUEST', by: '9523001000004' },
    });
    const pack = await packOf('clinic', 'E0');
    expect(pack.life).toBe('DISPENSED');
    expect(pack.trail.at(-1)!.event).toMatchObject({
      ...{ position: dispensed.position, eventID: `urn:halisi:erased:${dispensed.position}`, type: '', epcs: [] },
      ...{ bizStep: 'dispensing', erased: erased.erased },
    });
    const one = `query ($position: Position) { event(position: $position) { ${EVENT} } }`;
    const { event } = await app.ask<{ event: Shown }>(one, { position: dispensed.position }, tokens['clinic']);
    expect(event).toEqual(pack.trail.at(-1)!.event);
    const page = `{ events(first: 50) { nodes { ${EVENT} } } }`;
    const { events } = await app.ask<{ events: { nodes: Shown[] } }>(page, {}, tokens['clinic']);
    expect(events.nodes.find(({ position }) => position === dispensed.position)).toEqual(event);
    const byName = `query ($id: ID) { event(eventID: $id) { position } }`;
    expect(await app.ask(byName, { id: event.eventID }, tokens['clinic'])).toEqual({
      event: { position: dispensed.position },
    });
    expect(await app.ask(byName, { id: dispensed.eventID }, tokens['clinic'])).toEqual({ event: null });
  });

  it('has no receipt any more: EVENT_ERASED for those who could see it, NOT_FOUND for others', async () => {
    const { position } = (await packOf('clinic', 'E0')).trail.at(-1)!.event;
    const receipt = 'query ($position: Position!, $epc: String!) { receipt(position: $position, epc: $epc) { stage } }';
    const refusal = await app.refusal(receipt, { position, epc: epc('E0') }, tokens['clinic']);
    expect(refusal.extensions).toMatchObject({ code: 'EVENT_ERASED', details: { reason: 'data_subject_request' } });
    expect(await code(receipt, { position, epc: epc('E5') }, 'distributor')).toBe('NOT_FOUND');
    const file = await app.rest(`/log/receipt/${position}?epc=${encodeURIComponent(epc('E0'))}`, {
      headers: { authorization: `Bearer ${tokens['clinic']!}` },
    });
    expect(file.status).toBe(410);
  });

  it('leaves the pack verified as before, with a name for its evidence', async () => {
    const last = (await packOf('clinic', 'E0')).trail.at(-1)!.event;
    const input = { scan: `01${GTIN}1730063010${LOT}\u001d21E0`, site: KIBERA };
    const { verify } = await app.ask<{ verify: Record<string, unknown> }>(VERIFY, { input }, tokens['clinic']);
    expect(verify).toMatchObject({ evidence: { position: last.position, eventID: last.eventID } });
  });

  it('arrives as erased with a subscriber who goes on from before it', async () => {
    const { position } = (await packOf('clinic', 'E0')).trail.at(-1)!.event;
    const live = await subscribe<{ eventCaptured: Shown }>(
      app.url,
      `subscription ($after: Position) { eventCaptured(after: $after) { ${EVENT} } }`,
      { after: position - 1 },
      tokens['clinic'],
    );
    try {
      await eventually('the erased event arrives', () => live.received.length > 0);
      expect(live.received[0]!.eventCaptured).toMatchObject({ position, erased: { reason: 'DATA_SUBJECT_REQUEST' } });
    } finally {
      await live.close();
    }
  });

  it('is not erased by who may not, and the same erasure again is the same answer', async () => {
    const { position } = (await packOf('clinic', 'E0')).trail.at(-1)!.event;
    const input = { position, reason: 'COURT_ORDER' };
    expect(await code(ERASE, { input }, 'clinic')).toBe('FORBIDDEN');
    expect(await code(ERASE, { input }, 'auditor')).toBe('FORBIDDEN');
    expect(await code(ERASE, { input }, 'distributorAdmin')).toBe('EVENT_NOT_FOUND');
    expect(await erase('clinicAdmin', position, 'COURT_ORDER')).toMatchObject({
      ...{ duplicate: true, note: 'letter 12', erased: { reason: 'DATA_SUBJECT_REQUEST' } },
    });
    expect(await code(ERASE, { input: { position: shipping.position, reason: 'RETENTION_ENDED' } }, 'regulator')).toBe(
      'ERASURE_NOT_ALLOWED',
    );
  });

  it('is not stored again when its request comes once more', async () => {
    const input = { site: FACTORY, gtin: GTIN, lot: LOT, serials: ['E9'], eventTime: '2026-11-20T08:00:00.000+03:00' };
    const { step } = await app.ask<{ step: { event: Made } }>(mutation('commission'), { input }, tokens['maker']);
    await erase('makerAdmin', step.event.position, 'PERSONAL_DATA_BY_MISTAKE');
    expect(await code(mutation('commission'), { input }, 'maker')).toBe('EVENT_ERASED');
  });
});

describe('a history of which every event is erased', () => {
  it('still says what happened, through which container, who held it when, and that each event was erased', async () => {
    const facts = ({ trail, tenures, life, holder }: PackAnswer) => ({
      ...{ tenures, life, holder },
      trail: trail.map(({ event, ...rest }) => ({ ...rest, position: event.position, bizStep: event.bizStep })),
    });
    for (const [who, serial] of [
      ['clinic', 'E0'],
      ['distributor', 'E1'],
      ['maker', 'E2'],
    ] as const) {
      const before = await packOf(who, serial);
      // Times of what was not erased before keep their offset; UTC is the server's own.
      for (const { event } of before.trail) await erase('regulator', event.position, 'COURT_ORDER');
      const after = await packOf(who, serial);
      expect(facts(after)).toEqual(facts(before));
      expect(after.trail.every(({ event }) => event.erased !== null)).toBe(true);
      expect(JSON.stringify(after)).not.toContain('PO-1');
    }
  });

  it('leaves shipments, stock, holds and the container as they were', async () => {
    const query = `query ($sscc: String!) {
      shipments(state: ALL, direction: INCOMING, first: 10) { nodes { eventID position packs purchaseOrder units(first: 5) { nodes { epc } } } }
      container(sscc: $sscc) { life trail { event { position erased { reason } } } }
      holds(first: 10) { nodes { kind reason openedIn } } }`;
    const answer = await app.ask<Record<string, { nodes: Record<string, unknown>[] }>>(
      query,
      { sscc: box.split('/').at(-1) },
      tokens['distributor'],
    );
    expect(answer['shipments']!.nodes).toContainEqual({
      ...{ eventID: `urn:halisi:erased:${shipping.position}`, position: shipping.position, packs: 4 },
      ...{ purchaseOrder: null, units: { nodes: [] } },
    });
    expect(answer['container']).toMatchObject({ life: 'ACTIVE' });
  });
});
