import { type TestApp, startApp } from '../support/start-app.js';
import { tokenOf } from '../support/sign-in.js';

const GTIN = '09521001000017';
const STRANGER = '09521002000016';
const FACTORY = '9521001001014';
const WAREHOUSE = '9521001001021';
const DEPOT = '9522001001011';
const PHARMACY = '9523001001018';
const OTHER_PHARMACY = '9523002001017';
const epc = (serial: string): string => `https://id.gs1.org/01/${GTIN}/21/${serial}`;

const PEOPLE = {
  maker: 'operator@kilimani.example',
  depot: 'operator@pwani.example',
  clinic: 'pharmacist@kibera.example',
  otherClinic: 'pharmacist@bagamoyo.example',
  viewer: 'viewer@kibera.example',
  auditor: 'auditor@uwazi.example',
} as const;
type Who = keyof typeof PEOPLE;

interface Step {
  readonly duplicate: boolean;
  readonly repeats: number;
  readonly event: { eventID: string; position: number; bizStep: string; disposition: string; epcs: string[] };
}

let app: TestApp;
const tokens = {} as Record<Who, string>;
let clock = Date.now() - 3_600_000;
/** Each step a second later than the last, in the past. */
const tick = (): string => new Date((clock += 1000)).toISOString().replace('Z', '+00:00');

beforeAll(async () => {
  app = await startApp({ demo: true });
  for (const [who, email] of Object.entries(PEOPLE)) tokens[who as Who] = await tokenOf(app, email);
  for (const [number, expiry] of [
    ['LIVE', '2099-12-31'],
    ['OLD', '2020-01-31'],
  ] as const) {
    const input = { gtin: GTIN, number, expiry, quantity: 100_000 };
    await app.ask(
      'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
      { input },
      tokens.maker,
    );
  }
});
afterAll(() => app?.close());

const mutation = (name: string): string =>
  `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { step: ${name}(input: $input) {
    duplicate repeats event { eventID position bizStep disposition epcs } } }`;

const SITES: Record<Who, string> = {
  maker: FACTORY,
  depot: DEPOT,
  clinic: PHARMACY,
  otherClinic: OTHER_PHARMACY,
  viewer: PHARMACY,
  auditor: '9520002001016',
};

async function take(who: Who, name: string, input: Record<string, unknown>): Promise<Step> {
  const full = { site: SITES[who], eventTime: tick(), ...input };
  return (await app.ask<{ step: Step }>(mutation(name), { input: full }, tokens[who])).step;
}

function refused(who: Who, name: string, input: Record<string, unknown>) {
  return app.refusal(mutation(name), { input: { site: SITES[who], eventTime: tick(), ...input } }, tokens[who]);
}

let made = 0;
async function commission(count: number, lot = 'LIVE'): Promise<string[]> {
  const serials = Array.from({ length: count }, () => `E${made++}`);
  await take('maker', 'commission', { gtin: GTIN, lot, serials });
  return serials.map(epc);
}

async function bring(count: number, who: 'clinic' | 'otherClinic' | 'depot' = 'clinic'): Promise<string[]> {
  const epcs = await commission(count);
  const { event } = await take('maker', 'ship', { epcs, consignee: SITES[who] });
  await take(who, 'receive', { shipment: event.eventID });
  return epcs;
}

describe('each step', () => {
  it('takes a pack from its making to a patient, and answers a retry with the same event', async () => {
    const asked: [Who, string, Record<string, unknown>, Step][] = [];
    const both = async (who: Who, name: string, input: Record<string, unknown>): Promise<Step> => {
      const full = { eventTime: tick(), ...input };
      const answer = await take(who, name, full);
      asked.push([who, name, full, answer]);
      return answer;
    };
    const commissioned = await both('maker', 'commission', {
      gtin: GTIN,
      lot: 'LIVE',
      serials: ['H1', 'H2', 'H3', 'H4'],
    });
    expect(commissioned.event).toMatchObject({ bizStep: 'commissioning', disposition: 'active' });
    const packed = await both('maker', 'pack', { epcs: ['H1', 'H2', 'H3'].map(epc) });
    const sscc = packed.event.epcs[0]!;
    const shipped = await both('maker', 'ship', {
      epcs: [sscc, epc('H4')],
      consignee: PHARMACY,
      purchaseOrder: 'PO/1',
    });
    expect(shipped.event).toMatchObject({ bizStep: 'shipping', disposition: 'in_transit', epcs: [epc('H4'), sscc] });
    await both('clinic', 'receive', { shipment: shipped.event.eventID, missing: [epc('H3')] });
    await both('clinic', 'unpack', { sscc: sscc.slice(-18), epcs: [epc('H1')] });
    const dispensed = await both('clinic', 'dispense', { epcs: [epc('H1')] });
    expect(dispensed.event).toMatchObject({ bizStep: 'dispensing', disposition: 'dispensed' });
    await both('clinic', 'undoDispense', { epcs: [epc('H1')], notHandedOut: true });
    await both('clinic', 'partDispense', { epc: epc('H1'), units: 5 });
    await both('clinic', 'decommission', { epcs: [epc('H2')], reason: 'DAMAGED' });
    for (const [who, name, input, { event }] of asked) {
      expect(await take(who, name, input)).toMatchObject({ duplicate: true, event });
    }
  });

  it('answers a pack that is dispensed again here softly twice, then opens a case; elsewhere at once', async () => {
    const [pack] = await bring(1);
    const { event } = await take('clinic', 'dispense', { epcs: [pack] });
    for (const repeats of [1, 2]) {
      expect(await take('clinic', 'dispense', { epcs: [pack] })).toMatchObject({
        repeats,
        event: { position: event.position },
      });
    }
    expect((await refused('clinic', 'dispense', { epcs: [pack] })).extensions.code).toBe('ALREADY_DISPENSED');
    const [other] = await bring(1);
    await take('clinic', 'dispense', { epcs: [other] });
    expect((await refused('otherClinic', 'dispense', { epcs: [other] })).extensions.code).toBe('ALREADY_DISPENSED');
    const undo = await refused('clinic', 'undoDispense', { epcs: [other], notHandedOut: true });
    expect(undo).toMatchObject({
      extensions: { code: 'BLOCKED' },
      message: expect.stringContaining('copy in circulation'),
    });
  });
});

describe('a refusal', () => {
  let here: string[];
  let atClinic: string[];
  let shipment: string;
  let inCase: string;
  let sscc: string;
  beforeAll(async () => {
    here = await commission(6);
    atClinic = await bring(4);
    const packed = await take('maker', 'pack', { epcs: [here[4]] });
    [sscc, inCase] = [packed.event.epcs[0]!, here[4]!];
    shipment = (await take('maker', 'ship', { epcs: [here[5]], consignee: DEPOT })).event.eventID;
    const eventTime = new Date(Date.now() - 241 * 3_600_000).toISOString();
    await take('clinic', 'dispense', { epcs: [atClinic[3]], eventTime });
  });

  it.each<[string, Who, string, () => Record<string, unknown>]>([
    ['NOT_PREFIX_OWNER', 'maker', 'commission', () => ({ gtin: STRANGER, lot: 'LIVE', serials: ['1'] })],
    ['LOT_NOT_FOUND', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'NONE', serials: ['1'] })],
    ['EXPIRED', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'OLD', serials: ['1'] })],
    ['LOT_FULL', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'SMALL', serials: ['1', '2'] })],
    [
      'ALREADY_COMMISSIONED',
      'maker',
      'commission',
      () => ({ gtin: GTIN, lot: 'LIVE', serials: [here[0]!.split('/').at(-1)] }),
    ],
    ['DUPLICATE_IN_BATCH', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'LIVE', serials: ['Z', 'Z'] })],
    ['BATCH_EMPTY', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'LIVE', serials: [] })],
    [
      'BATCH_TOO_LARGE',
      'maker',
      'commission',
      () => ({ gtin: GTIN, lot: 'LIVE', serials: Array.from({ length: 10_001 }, (_, at) => `Q${at}`) }),
    ],
    ['SERIAL_INVALID', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'LIVE', serials: ['a b'] })],
    ['SERIALS_REQUIRED', 'maker', 'commission', () => ({ gtin: GTIN, lot: 'LIVE' })],
    ['FORBIDDEN', 'viewer', 'dispense', () => ({ epcs: [atClinic[0]] })],
    ['SITE_NOT_YOURS', 'maker', 'ship', () => ({ site: DEPOT, epcs: [here[0]], consignee: PHARMACY })],
    ['NOT_AT_SITE', 'maker', 'ship', () => ({ site: WAREHOUSE, epcs: [here[0]], consignee: PHARMACY })],
    [
      'EVENT_TIME_IN_FUTURE',
      'maker',
      'ship',
      () => ({ eventTime: '2099-01-01T00:00:00Z', epcs: [here[0]], consignee: PHARMACY }),
    ],
    ['NOT_HOLDER', 'depot', 'ship', () => ({ epcs: [here[0]], consignee: PHARMACY })],
    ['NOT_COMMISSIONED', 'maker', 'ship', () => ({ epcs: [epc('NEVER')], consignee: PHARMACY })],
    ['CONSIGNEE_NOT_FOUND', 'maker', 'ship', () => ({ epcs: [here[0]], consignee: '9506000134352' })],
    ['STEP_NOT_ALLOWED', 'maker', 'ship', () => ({ epcs: [here[0]], consignee: FACTORY })],
    ['STEP_NOT_ALLOWED', 'maker', 'ship', () => ({ epcs: [here[5]], consignee: DEPOT })],
    ['PACKED_ELSEWHERE', 'maker', 'ship', () => ({ epcs: [inCase], consignee: DEPOT })],
    ['PACKED_ELSEWHERE', 'maker', 'pack', () => ({ epcs: [inCase] })],
    ['PACKED_ELSEWHERE', 'maker', 'unpack', () => ({ sscc: sscc.slice(-18), epcs: [here[0]] })],
    ['CONTAINER_NOT_FOUND', 'maker', 'unpack', () => ({ sscc: '106141411234567897' })],
    ['CONTAINER_NOT_FOUND', 'depot', 'unpack', () => ({ sscc: sscc.slice(-18) })],
    ['NOT_PREFIX_OWNER', 'maker', 'pack', () => ({ sscc: '106141411234567897', epcs: [here[0]] })],
    ['EPC_INVALID', 'maker', 'pack', () => ({ epcs: ['https://id.gs1.org/01/09521001000018/21/1'] })],
    ['BATCH_EMPTY', 'maker', 'pack', () => ({ epcs: [] })],
    ['SHIPMENT_NOT_FOUND', 'clinic', 'receive', () => ({ shipment })],
    ['SHIPMENT_NOT_FOUND', 'depot', 'receive', () => ({ shipment: 'ni:///sha-256;00?ver=CBV2.0' })],
    ['NOT_IN_SHIPMENT', 'depot', 'receive', () => ({ shipment, missing: [here[0]] })],
    ['NOT_IN_SHIPMENT', 'depot', 'receive', () => ({ shipment, excess: [here[5]] })],
    ['QUANTITY_INVALID', 'clinic', 'partDispense', () => ({ epc: atClinic[0], units: 22 })],
    ['QUANTITY_INVALID', 'clinic', 'partDispense', () => ({ epc: atClinic[0], units: -1 })],
    ['UNDO_NOT_ATTESTED', 'clinic', 'undoDispense', () => ({ epcs: [atClinic[3]], notHandedOut: false })],
    ['UNDO_OTHER_SITE', 'otherClinic', 'undoDispense', () => ({ epcs: [atClinic[3]], notHandedOut: true })],
    ['UNDO_TOO_LATE', 'clinic', 'undoDispense', () => ({ epcs: [atClinic[3]], notHandedOut: true })],
    ['STEP_NOT_ALLOWED', 'clinic', 'undoDispense', () => ({ epcs: [atClinic[0]], notHandedOut: true })],
    ['ALREADY_DISPENSED', 'clinic', 'partDispense', () => ({ epc: atClinic[3], units: 1 })],
    ['ALREADY_DISPENSED', 'clinic', 'decommission', () => ({ epcs: [atClinic[3]], reason: 'DESTROYED' })],
  ])('%s tells %s, who asked to %s, which pack and why, and nothing is stored', async (code, who, name, input) => {
    if (code === 'LOT_FULL') {
      const lot = { gtin: GTIN, number: 'SMALL', expiry: '2099-12-31', quantity: 1 };
      await app.ask(
        'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
        { input: lot },
        tokens.maker,
      );
    }
    const size = 'select size from log';
    const before = await app.database.query('test-log-size', size);
    const error = await refused(who, name, input());
    expect(error).toMatchObject({ extensions: { code }, message: expect.stringMatching(/.{15,}/) });
    const items = (error.extensions.details?.['refusals'] ?? []) as { epc: string; code: string; message: string }[];
    for (const item of items) expect(item.message).toMatch(/\d/);
    expect(await app.database.query('test-log-size', size)).toEqual(before);
  });

  it('names every pack of a batch that it refuses, and leaves the others where they are', async () => {
    const error = await refused('maker', 'ship', {
      epcs: [here[0], epc('NEVER'), inCase, atClinic[0]],
      consignee: DEPOT,
    });
    expect(error.extensions.code).toBe('BATCH_REFUSED');
    const items = error.extensions.details?.['refusals'] as { epc: string; code: string }[];
    expect(items.map(({ epc: item, code }) => [item, code])).toEqual([
      [epc('NEVER'), 'NOT_COMMISSIONED'],
      [atClinic[0], 'NOT_HOLDER'],
      [inCase, 'PACKED_ELSEWHERE'],
    ]);
    await take('maker', 'ship', { epcs: [here[0]], consignee: DEPOT });
  });

  it('of a whole request that is not GraphQL, or not for these types, has a code too', async () => {
    const codes = await Promise.all([
      app.refusal('mutation { ship }', {}, tokens.maker),
      app.refusal('{', {}, tokens.maker),
      app.refusal(mutation('ship'), { input: { epcs: 1 } }, tokens.maker),
      app.refusal(mutation('ship'), { input: null }, tokens.maker),
      app.refusal(mutation('ship'), { input: { site: FACTORY, eventTime: tick(), epcs: [], consignee: DEPOT } }),
    ]);
    expect(codes.map(({ extensions }) => extensions.code)).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'UNAUTHENTICATED',
    ]);
  });
});
