import { CaptureService } from '../../src/capture/capture.service.js';
import type { Command } from '../../src/domain/custody/decide.js';
import type { OrganisationRole } from '../../src/domain/custody/world.js';
import { makeSscc } from '../../src/domain/gs1/sscc.js';
import { PartnersDirectory } from '../../src/partners/partners-directory.js';
import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const DEPOT = '9522001001028';
const KIBERA = '9523001001018';
const BAGAMOYO = '9523002001017';
const AUTHORITY = '9520001001017';
const LOT = 'KX721b';
const EXPIRY = '2028-06-30';
const OLD_LOT = 'OLD1';
const GS = '\u001d';

let app: TestApp;
const tokens: Record<string, string> = {};
let count = 0;

const serialOf = (name: string): string => `Sn8${name}x`;
const epcOf = (serial: string): string => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
/** What a scanner that is set up well sends. */
const codeOf = (serial: string, lot = LOT, expiry = '280630'): string =>
  `]d201${GTIN}21${serial}${GS}17${expiry}10${lot}`;

const now = (): string => new Date(Date.now() + count++).toISOString();

/** Takes a command through the write path for the organisation of a site. */
async function take(gln: string, command: Command): Promise<string> {
  const directory = app.get(PartnersDirectory);
  const site = directory.siteByGln(gln)!;
  const { role } = directory.organisation(site.organisationId)!;
  const act = { organisation: site.organisationId, role: role as OrganisationRole, site: site.id, eventTime: now() };
  const captured = await app.get(CaptureService).capture({ command, act, person: null });
  return captured.eventId;
}

async function ship(from: string, to: string, serials: readonly string[]): Promise<number> {
  const toSite = app.get(PartnersDirectory).siteByGln(to)!.id;
  const packs = serials.map((serial) => ({ gtin: GTIN, serial }));
  await take(from, { step: 'shipping', packs, containers: [], toSite, purchaseOrder: null, despatchAdvice: null });
  const rows = await app.database.query<{ id: number }>('test-shipment', 'select max(id) as id from shipment');
  return rows[0]!.id;
}

async function receive(at: string, shipment: number): Promise<void> {
  const none = { packs: [], containers: [] };
  await take(at, { step: 'receiving', shipment, missing: none, excess: none });
}

const commission = (serials: readonly string[], lot = LOT): Promise<string> =>
  take(FACTORY, { step: 'commissioning', gtin: GTIN, lot, serials });

/** Packs that the clinic of a site holds. */
async function packsAt(gln: string, ...names: string[]): Promise<string[]> {
  const serials = names.map(serialOf);
  await commission(serials);
  await receive(gln, await ship(FACTORY, gln, serials));
  return serials;
}

const dispense = (at: string, serial: string): Promise<string> =>
  take(at, { step: 'dispensing', packs: [{ gtin: GTIN, serial }] });

interface Verification {
  readonly verdict: string;
  readonly reason: { readonly code: string; readonly text: string } | null;
  readonly reasons: readonly { readonly code: string }[];
  readonly advice: { readonly code: string; readonly text: string };
  readonly reading: {
    readonly raw: string;
    readonly status: string;
    readonly serial: string | null;
    readonly repairs: readonly { readonly fault: string }[];
    readonly notices: readonly { readonly fault: string }[];
    readonly alternatives: readonly unknown[];
  };
  readonly epc: string | null;
  readonly product: { readonly name: string; readonly strength: string } | null;
  readonly lot: string | null;
  readonly expiry: string | null;
  readonly remaining: number | null;
  readonly differences: readonly { readonly field: string; readonly expected: string; readonly got: string }[];
  readonly custody: {
    readonly life: string;
    readonly holder: { readonly name: string };
    readonly site: { readonly gln: string };
    readonly destination: { readonly gln: string } | null;
    readonly containers: readonly string[];
  } | null;
  readonly holds: readonly {
    readonly kind: string;
    readonly on: string;
    readonly recallClass: number | null;
    readonly reason: string | null;
    readonly openedIn: number;
  }[];
  readonly evidence: { readonly position: number; readonly eventID: string; readonly ageSeconds: number } | null;
  readonly repeats: number;
}

const VERIFY = `mutation ($input: VerifyInput!) { verify(input: $input) {
  verdict reason { code text } reasons { code } advice { code text } epc lot expiry remaining repeats scannedAt asOf
  reading { raw status gtin serial lot expiry sscc repairs { fault done confidence } notices { fault }
    alternatives { serial repairs { fault } } }
  product { name strength } differences { field expected got }
  custody { life holder { name } site { gln } destination { gln } containers }
  holds { kind on recallClass openedAt openedIn openedBy { name } reason }
  evidence { position eventID eventTime recordTime ageSeconds } } }`;

async function verify(who: string, scan: string, more: Record<string, unknown> = {}): Promise<Verification> {
  const input = { scan, ...more };
  return (await app.ask<{ verify: Verification }>(VERIFY, { input }, tokens[who])).verify;
}

const VERIFY_PUBLIC = `query ($scan: String!) { verifyPublic(scan: $scan) {
  verdict reason { code text } advice { code text } product { gtin name commonName form strength } lot expiry } }`;

async function verifyPublic(scan: string): Promise<Record<string, unknown>> {
  return (await app.ask<{ verifyPublic: Record<string, unknown> }>(VERIFY_PUBLIC, { scan })).verifyPublic;
}

const scansOf = (raw: string) =>
  app.database.query<{ verdict: number; reason: string | null; organisation_id: number | null; serial: string | null }>(
    'test-scans',
    'select verdict, reason, organisation_id, serial from scan where raw = $1 order by id',
    [raw],
  );

beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'operator@kilimani.example',
    depot: 'operator@pwani.example',
    kibera: 'pharmacist@kibera.example',
    bagamoyo: 'pharmacist@bagamoyo.example',
    regulator: 'inspector@authority.example',
    auditor: 'auditor@uwazi.example',
  };
  for (const [who, email] of Object.entries(people)) tokens[who] = await tokenOf(app, email);
  await app.database.pool.query(
    `insert into lot (gtin, quantity, expiry, number) values ($1, 1000, $2, $3), ($1, 1000, '2024-01-31', $4),
      ($1, 1000, '2028-06-30', 'RECALLED')`,
    [GTIN, EXPIRY, LOT, OLD_LOT],
  );
});

afterAll(async () => {
  await app?.close();
});

describe('a pack that is where it should be', () => {
  it('is genuine, with the evidence, and the scan is kept when the answer is given', async () => {
    const [serial] = await packsAt(KIBERA, 'genuine');
    const answer = await verify('kibera', codeOf(serial!));
    expect(answer).toMatchObject({
      verdict: 'GENUINE',
      reason: null,
      reasons: [],
      advice: { code: 'MAY_SUPPLY' },
      reading: { raw: codeOf(serial!), status: 'CLEAN', repairs: [] },
      epc: epcOf(serial!),
      product: { name: 'Kilimox 500', strength: '500 mg' },
      lot: LOT,
      expiry: EXPIRY,
      differences: [],
      custody: { life: 'ACTIVE', holder: { name: 'Kibera Health Centre (demo)' }, site: { gln: KIBERA } },
      holds: [],
      repeats: 0,
    });
    const [event] = await app.database.query<{ position: number }>(
      'test-last-event',
      'select max(position) as position from event',
    );
    expect(answer.evidence).toMatchObject({ position: event!.position, ageSeconds: expect.any(Number) });
    expect(answer.evidence!.eventID).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(await scansOf(codeOf(serial!))).toMatchObject([{ verdict: 0, reason: null, serial }]);
  });

  it('is genuine in brackets, as a link, and with its lot and expiry left out', async () => {
    const [serial] = await packsAt(KIBERA, 'forms');
    for (const scan of [
      `(01)${GTIN}(21)${serial}(17)280630(10)${LOT}`,
      `https://example.org/01/${GTIN}/10/${LOT}/21/${serial}?17=280630`,
      `01${GTIN}21${serial}${GS}10${LOT}${GS}17280630`,
      `(01)${GTIN}(21)${serial}`,
    ]) {
      expect(await verify('kibera', scan)).toMatchObject({ verdict: 'GENUINE', reading: { serial } });
    }
  });

  it('answers with what is left of a pack that was dispensed in part here, and refuses it elsewhere', async () => {
    const [serial] = await packsAt(KIBERA, 'part');
    await take(KIBERA, { step: 'part_dispensing', pack: { gtin: GTIN, serial: serial! }, units: 10 });
    expect(await verify('kibera', codeOf(serial!))).toMatchObject({ verdict: 'GENUINE', remaining: 11 });
    expect(await verify('bagamoyo', codeOf(serial!))).toMatchObject({
      verdict: 'GENUINE_DO_NOT_SUPPLY',
      reason: { code: 'PARTIALLY_DISPENSED' },
    });
  });
});

describe('a faulty scan', () => {
  let serial: string;
  beforeAll(async () => {
    [serial] = (await packsAt(KIBERA, 'fault7k')) as [string];
  });

  const invert = (text: string): string =>
    text.replace(/[A-Za-z]/g, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase()));
  const swapped = (text: string): string => text.replace(/[yzYZ]/g, (c) => ({ y: 'z', z: 'y', Y: 'Z', Z: 'Y' })[c]!);

  it('is repaired, says so, and leads to the pack: lost separators', async () => {
    const scan = codeOf(serial).replaceAll(GS, '');
    const answer = await verify('kibera', scan);
    expect(answer).toMatchObject({ verdict: 'GENUINE', reading: { raw: scan, status: 'REPAIRED', serial } });
    expect(answer.reading.repairs.map(({ fault }) => fault)).toContain('SEPARATOR_LOST');
  });

  it('is repaired, says so, and leads to the pack: CAPS LOCK', async () => {
    const answer = await verify('kibera', invert(codeOf(serial)));
    expect(answer).toMatchObject({ verdict: 'GENUINE', reading: { status: 'REPAIRED', serial } });
    expect(answer.reading.repairs.map(({ fault }) => fault)).toContain('CAPS_LOCK');
  });

  it('is repaired, says so, and leads to the pack: CAPS LOCK without a symbology identifier', async () => {
    const answer = await verify('kibera', invert(codeOf(serial).slice(3)));
    expect(answer).toMatchObject({ verdict: 'GENUINE', reading: { status: 'REPAIRED', serial } });
  });

  it('is repaired, says so, and leads to the pack: Y and Z', async () => {
    const [yz] = await packsAt(KIBERA, 'YZq3');
    const answer = await verify('kibera', swapped(codeOf(yz!).slice(3)));
    expect(answer).toMatchObject({ verdict: 'GENUINE', reading: { status: 'REPAIRED', serial: yz } });
    expect(answer.reading.repairs.map(({ fault }) => fault)).toContain('KEYBOARD_QWERTZ');
  });

  it('is repaired, says so, and leads to the pack: scanned twice in one go', async () => {
    const answer = await verify('kibera', codeOf(serial) + codeOf(serial));
    expect(answer).toMatchObject({ verdict: 'GENUINE', reading: { status: 'REPAIRED', serial } });
    expect(answer.reading.repairs.map(({ fault }) => fault)).toContain('GLUED_CODES');
  });

  it('with day 00 means the end of the month', async () => {
    const answer = await verify('kibera', codeOf(serial, LOT, '280600'));
    expect(answer).toMatchObject({ verdict: 'GENUINE', expiry: EXPIRY });
    expect(answer.reading.notices.map(({ fault }) => fault)).toContain('EXPIRY_DAY_ZERO');
  });

  it.each([
    ['nothing that GS1 knows', 'hello world', 'SCAN_UNREADABLE', 'NOT_GS1'],
    ['a wrong check digit', `(01)09521001000018(21)ABC`, 'SCAN_UNREADABLE', 'CHECK_DIGIT_WRONG'],
  ])('that is %s is no word against the pack, and is kept', async (_, scan, code, fault) => {
    const answer = await verify('kibera', scan);
    expect(answer).toMatchObject({ verdict: 'CANNOT_TELL', reason: { code }, epc: null, evidence: null });
    expect(answer.reading.notices.map((each) => each.fault)).toContain(fault);
    expect((await scansOf(scan)).at(-1)).toMatchObject({ verdict: 4, reason: code.toLowerCase(), serial: null });
  });

  it('of a retail barcode has no serial number, and of a case is no pack', async () => {
    expect(await verify('kibera', GTIN.slice(1))).toMatchObject({
      verdict: 'CANNOT_TELL',
      reason: { code: 'NO_SERIAL' },
      advice: { code: 'SCAN_PACK' },
    });
    expect(await verify('kibera', `00${makeSscc(1, '9521001', 7)}`)).toMatchObject({
      verdict: 'CANNOT_TELL',
      reason: { code: 'CONTAINER_SCANNED' },
    });
  });
});

describe('a pack that nobody released', () => {
  it('is not recognised: an unknown product, an unknown serial, and a serial that was only issued', async () => {
    expect(await verify('kibera', codeOf('NEVERMADE1'))).toMatchObject({
      verdict: 'NOT_RECOGNISED',
      reason: { code: 'UNKNOWN_SERIAL' },
      custody: null,
    });
    const stranger = '09506000134352';
    expect(await verify('kibera', `]d201${stranger}21ABC12345${GS}1728063010X12`)).toMatchObject({
      verdict: 'NOT_RECOGNISED',
      reason: { code: 'UNKNOWN_PRODUCT' },
      product: null,
    });
    const ordered = await app.ask<{ orderSerialNumbers: { id: string } }>(
      `mutation ($input: OrderSerialNumbersInput!) { orderSerialNumbers(input: $input) { id } }`,
      { input: { gtin: GTIN, quantity: 3, reference: 'for verification' } },
      tokens['maker'],
    );
    const list = await app.rest(`/serial-orders/${ordered.orderSerialNumbers.id}/serials.txt`, {
      headers: { authorization: `Bearer ${tokens['maker']}` },
    });
    const [issued] = (await list.text()).split('\n');
    expect(await verify('kibera', codeOf(issued!))).toMatchObject({
      verdict: 'NOT_RECOGNISED',
      reason: { code: 'NOT_COMMISSIONED' },
    });
  });
});

describe('a code that says another thing than the records', () => {
  it('contradicts them: the lot, the expiry', async () => {
    const [serial] = await packsAt(KIBERA, 'other');
    expect(await verify('kibera', codeOf(serial!, 'ANOTHER'))).toMatchObject({
      verdict: 'CONTRADICTED',
      reason: { code: 'LOT_DIFFERS' },
      advice: { code: 'SET_ASIDE_AND_REPORT' },
      differences: [{ field: 'lot', expected: LOT, got: 'ANOTHER' }],
    });
    expect(await verify('kibera', codeOf(serial!, LOT, '290630'))).toMatchObject({
      verdict: 'CONTRADICTED',
      reason: { code: 'EXPIRY_DIFFERS' },
      differences: [{ field: 'expiry', expected: EXPIRY, got: '2029-06-30' }],
    });
  });

  it('tells the public that it differs, and not from what', async () => {
    const [serial] = await packsAt(KIBERA, 'hush');
    const answer = await verifyPublic(codeOf(serial!, 'ANOTHER', '290630'));
    expect(answer).toMatchObject({ verdict: 'CONTRADICTED', lot: 'ANOTHER', expiry: '2029-06-30' });
    expect(JSON.stringify(answer)).not.toContain(LOT);
    expect(JSON.stringify(answer)).not.toContain(EXPIRY);
  });
});

describe('a genuine pack that must not be supplied', () => {
  it('has expired', async () => {
    const serial = serialOf('expired');
    await take(FACTORY, { step: 'commissioning', gtin: GTIN, lot: LOT, serials: [serial] });
    await app.database.pool.query('update item set lot_id = (select id from lot where number = $1) where serial = $2', [
      OLD_LOT,
      serial,
    ]);
    expect(await verify('maker', codeOf(serial, OLD_LOT, '240131'), { site: FACTORY })).toMatchObject({
      verdict: 'GENUINE_DO_NOT_SUPPLY',
      reason: { code: 'EXPIRED' },
      advice: { code: 'DISPOSE' },
    });
  });

  it('is recalled: on its way in a case too, and for everybody', async () => {
    const serials = [serialOf('recall1'), serialOf('recall2')];
    await commission(serials, 'RECALLED');
    const sscc = makeSscc(1, '9521001', 1);
    await take(FACTORY, {
      step: 'packing',
      sscc,
      minted: false,
      packs: serials.map((serial) => ({ gtin: GTIN, serial })),
      containers: [],
    });
    const toSite = app.get(PartnersDirectory).siteByGln(KIBERA)!.id;
    await take(FACTORY, {
      step: 'shipping',
      packs: [],
      containers: [sscc],
      toSite,
      purchaseOrder: null,
      despatchAdvice: null,
    });
    const scan = codeOf(serials[0]!, 'RECALLED');
    expect(await verify('kibera', scan)).toMatchObject({
      verdict: 'GENUINE_DO_NOT_SUPPLY',
      reason: { code: 'IN_TRANSIT_TO_YOU' },
      advice: { code: 'RECEIVE_FIRST' },
      custody: { life: 'IN_TRANSIT', site: { gln: FACTORY }, destination: { gln: KIBERA }, containers: [sscc] },
    });
    expect(await verify('bagamoyo', scan)).toMatchObject({ reason: { code: 'IN_TRANSIT' }, custody: null });
    await take(FACTORY, {
      step: 'recalling',
      gtin: GTIN,
      lot: 'RECALLED',
      kind: 'recalled',
      recallClass: 1,
      reason: 'glass splinters',
    });
    for (const who of ['kibera', 'bagamoyo', 'depot', 'regulator', 'maker', 'auditor']) {
      const site = { depot: DEPOT, maker: FACTORY }[who];
      const answer = await verify(who, scan, site === undefined ? {} : { site });
      expect(answer).toMatchObject({ verdict: 'GENUINE_DO_NOT_SUPPLY', reason: { code: 'RECALLED' } });
      expect(answer.holds).toMatchObject([{ kind: 'RECALLED', on: 'lot', recallClass: 1, reason: 'glass splinters' }]);
    }
    expect(await verifyPublic(scan)).toMatchObject({
      reason: { code: 'RECALLED' },
      advice: { code: 'RETURN_RECALLED' },
    });
  });

  it('is held by another: only those who may see who', async () => {
    const [serial] = await packsAt(KIBERA, 'elsewhere');
    const scan = codeOf(serial!);
    expect(await verify('bagamoyo', scan)).toMatchObject({
      verdict: 'GENUINE_DO_NOT_SUPPLY',
      reason: { code: 'NOT_HELD_HERE' },
      custody: null,
      lot: LOT,
    });
    for (const who of ['regulator', 'auditor', 'maker']) {
      const site = who === 'maker' ? { site: FACTORY } : {};
      expect(await verify(who, scan, { ...site, purpose: 'INVESTIGATION' })).toMatchObject({
        verdict: 'GENUINE',
        custody: { site: { gln: KIBERA } },
      });
    }
    const trail = await app.database.query(
      'test-trail',
      `select purpose, operation from access_trail where subject = $1 order by id`,
      [epcOf(serial!)],
    );
    expect(trail).toHaveLength(3);
    expect(trail[0]).toMatchObject({ purpose: 'investigation', operation: 'Mutation.verify' });
  });

  it('left supply: each reason', async () => {
    const reasons = ['destroyed', 'sampled', 'exported', 'stolen', 'lost', 'damaged'] as const;
    const serials = await packsAt(KIBERA, ...reasons);
    for (const [at, reason] of reasons.entries()) {
      const packs = [{ gtin: GTIN, serial: serials[at]! }];
      await take(KIBERA, { step: 'decommissioning', reason, packs, containers: [] });
      expect(await verify('kibera', codeOf(serials[at]!))).toMatchObject({
        verdict: 'GENUINE_DO_NOT_SUPPLY',
        reason: { code: reason.toUpperCase() },
      });
    }
  });

  it('is under suspicion as soon as somebody reports it, by its scan or by its number', async () => {
    const [one, two] = await packsAt(KIBERA, 'odd1', 'odd2');
    const REPORT = `mutation ($input: SuspicionInput!) { reportSuspicion(input: $input) {
      duplicate event { eventID position bizStep epcs } } }`;
    const input = { scan: codeOf(one!), reason: 'The seal is broken', eventTime: now() };
    const { reportSuspicion } = await app.ask<{ reportSuspicion: { event: { position: number; eventID: string } } }>(
      REPORT,
      { input },
      tokens['kibera'],
    );
    expect(reportSuspicion).toMatchObject({ duplicate: false, event: { bizStep: 'inspecting', epcs: [epcOf(one!)] } });
    expect(await app.ask(REPORT, { input }, tokens['kibera'])).toMatchObject({
      reportSuspicion: { duplicate: true, event: { eventID: reportSuspicion.event.eventID } },
    });
    const answer = await verify('kibera', codeOf(one!));
    expect(answer).toMatchObject({ verdict: 'GENUINE_DO_NOT_SUPPLY', reason: { code: 'SUSPECT' } });
    expect(answer.holds).toMatchObject([
      { kind: 'SUSPECT', on: 'pack', openedIn: reportSuspicion.event.position, reason: 'The seal is broken' },
    ]);
    // A stranger learns that it is held, and not what another said of it.
    expect((await verify('bagamoyo', codeOf(one!))).holds).toMatchObject([{ kind: 'SUSPECT', reason: null }]);

    const named = { gtin: GTIN, serial: two, reason: 'Smells odd', site: KIBERA, eventTime: now() };
    await app.ask(REPORT, { input: named }, tokens['kibera']);
    expect(await verify('kibera', codeOf(two!))).toMatchObject({ reason: { code: 'SUSPECT' } });
  });

  it('refuses a report that names no pack, a pack that does not exist, or comes from a viewer', async () => {
    const REPORT = `mutation ($input: SuspicionInput!) { reportSuspicion(input: $input) { duplicate } }`;
    const refusal = async (input: Record<string, unknown>, who = 'kibera') =>
      (await app.refusal(REPORT, { input: { reason: 'odd', eventTime: now(), ...input } }, tokens[who])).extensions
        .code;
    expect(await refusal({})).toBe('PACK_NOT_NAMED');
    expect(await refusal({ scan: 'hello' })).toBe('PACK_NOT_NAMED');
    expect(await refusal({ scan: codeOf('NEVERMADE2') })).toBe('NOT_COMMISSIONED');
    expect(await refusal({ scan: codeOf('NEVERMADE2'), reason: ' ' })).toBe('REASON_INVALID');
    expect(await refusal({ scan: codeOf('NEVERMADE2') }, 'auditor')).toBe('FORBIDDEN');
  });
});

describe('a pack that was dispensed', () => {
  it('is answered softly twice where it was dispensed, and then a case is opened', async () => {
    const [serial] = await packsAt(KIBERA, 'again');
    await dispense(KIBERA, serial!);
    const answers: Verification[] = [];
    for (let scan = 0; scan < 4; scan++) answers.push(await verify('kibera', codeOf(serial!), { scannedAt: now() }));
    expect(answers.map(({ repeats, reason }) => [repeats, reason?.code])).toEqual([
      [1, 'ALREADY_DISPENSED'],
      [2, 'ALREADY_DISPENSED'],
      [3, 'SUSPECT'],
      [4, 'SUSPECT'],
    ]);
    expect(answers[3]!.holds).toHaveLength(1);
  });

  it('counts a scan that is sent again once', async () => {
    const [serial] = await packsAt(KIBERA, 'retry');
    await dispense(KIBERA, serial!);
    const scannedAt = now();
    for (let attempt = 0; attempt < 4; attempt++) {
      expect(await verify('kibera', codeOf(serial!), { scannedAt })).toMatchObject({
        repeats: 1,
        reason: { code: 'ALREADY_DISPENSED' },
      });
    }
  });

  it('is contradicted at another clinic, with the hold and its event, and the dispense stands', async () => {
    const [serial] = await packsAt(KIBERA, 'clone');
    await dispense(KIBERA, serial!);
    const answer = await verify('bagamoyo', codeOf(serial!), { scannedAt: now() });
    expect(answer).toMatchObject({
      verdict: 'CONTRADICTED',
      reason: { code: 'DISPENSED_ELSEWHERE' },
      reasons: [{ code: 'DISPENSED_ELSEWHERE' }, { code: 'CLONE_SUSPECT' }],
      custody: null,
    });
    expect(answer.holds).toMatchObject([{ kind: 'CLONE_SUSPECT', on: 'pack' }]);
    const [event] = await app.database.query<{ body: string }>(
      'test-event',
      'select body from event where position = $1',
      [answer.holds[0]!.openedIn],
    );
    expect(JSON.parse(event!.body)).toMatchObject({ bizStep: 'inspecting', epcList: [epcOf(serial!)] });
    expect(await verify('kibera', codeOf(serial!))).toMatchObject({
      verdict: 'GENUINE_DO_NOT_SUPPLY',
      reason: { code: 'CLONE_SUSPECT' },
      custody: { life: 'DISPENSED', site: { gln: KIBERA } },
    });
  });

  it('opens one hold where two others scan it at the same moment', async () => {
    const [serial] = await packsAt(KIBERA, 'race');
    await dispense(KIBERA, serial!);
    const scan = codeOf(serial!);
    const answers = await Promise.all([
      verify('bagamoyo', scan),
      verify('depot', scan, { site: DEPOT }),
      verify('bagamoyo', scan),
      verify('depot', scan, { site: DEPOT }),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ verdict: 'CONTRADICTED', reason: { code: 'DISPENSED_ELSEWHERE' } });
      expect(answer.holds).toHaveLength(1);
    }
    expect(await scansOf(scan)).toHaveLength(4);
  });

  it('is no repeat when an overseer or the public looks', async () => {
    const [serial] = await packsAt(KIBERA, 'calm');
    await dispense(KIBERA, serial!);
    for (const who of ['regulator', 'auditor']) {
      expect(await verify(who, codeOf(serial!))).toMatchObject({
        verdict: 'GENUINE_DO_NOT_SUPPLY',
        reason: { code: 'ALREADY_DISPENSED' },
        repeats: 0,
        holds: [],
      });
    }
    expect(await verifyPublic(codeOf(serial!))).toMatchObject({
      reason: { code: 'ALREADY_DISPENSED' },
      advice: { code: 'EXPECTED_IF_DISPENSED' },
    });
  });
});

describe('the public', () => {
  it('learns product, lot, expiry and verdict, and nothing of who and where', async () => {
    const [serial] = await packsAt(KIBERA, 'public');
    const scan = codeOf(serial!);
    const answer = await verifyPublic(scan);
    expect(answer).toEqual({
      verdict: 'GENUINE',
      reason: null,
      advice: { code: 'MAY_USE', text: expect.any(String) },
      product: {
        gtin: GTIN,
        name: 'Kilimox 500',
        commonName: 'amoxicillin',
        form: 'capsule',
        strength: '500 mg',
      },
      lot: LOT,
      expiry: EXPIRY,
    });
    expect(await scansOf(scan)).toMatchObject([{ verdict: 0, organisation_id: null }]);
    const response = await app.rest(`/verify?scan=${encodeURIComponent(scan)}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ verdict: 'genuine', lot: LOT, expiry: EXPIRY });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('cannot use what is for those who sign in, and is refused what is no scan', async () => {
    expect((await app.refusal(VERIFY, { input: { scan: 'x' } })).extensions.code).toBe('UNAUTHENTICATED');
    expect((await app.refusal('{ scans { nodes { id } } }')).extensions.code).toBe('UNAUTHENTICATED');
    expect((await app.refusal(VERIFY_PUBLIC, { scan: '' })).extensions.code).toBe('SCAN_MISSING');
    expect((await app.refusal(VERIFY_PUBLIC, { scan: '0'.repeat(5000) })).extensions.code).toBe('SCAN_TOO_LONG');
    expect((await app.rest('/verify')).status).toBe(400);
    expect((await app.rest('/verify?scan=%00')).status).toBe(400);
  });

  it('is slowed down, by address', async () => {
    const answers = await Promise.all(
      Array.from({ length: 330 }, () =>
        app.graphql('query ($scan: String!) { verifyPublic(scan: $scan) { verdict } }', { scan: 'x' }),
      ),
    );
    const codes = answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
    expect(codes.length).toBeGreaterThanOrEqual(30);
    expect((await app.rest('/verify?scan=x')).status).toBe(429);
  });
});

describe('who scans', () => {
  it('names one of its own sites, needs one where it has several, and no future', async () => {
    const code = async (who: string, more: Record<string, unknown>) =>
      (await app.refusal(VERIFY, { input: { scan: 'x', ...more } }, tokens[who])).extensions.code;
    expect(await code('depot', {})).toBe('SITE_REQUIRED');
    expect(await code('kibera', { site: BAGAMOYO })).toBe('SITE_NOT_YOURS');
    expect(await code('kibera', { site: AUTHORITY })).toBe('SITE_NOT_YOURS');
    const later = new Date(Date.now() + 3_600_000).toISOString();
    expect(await code('kibera', { scannedAt: later })).toBe('EVENT_TIME_IN_FUTURE');
  });

  it('lists its own scans, the newest first; a regulator lists all', async () => {
    const [serial] = await packsAt(KIBERA, 'listed');
    await verify('kibera', codeOf(serial!), { purpose: 'DISPENSING' });
    await verify('bagamoyo', codeOf(serial!));
    const SCANS = `query ($first: Int!, $after: String, $serial: String) {
      scans(first: $first, after: $after, gtin: "${GTIN}", serial: $serial) {
        nodes { id organisation { name } site { gln } purpose raw verdict reason { code } position personId }
        pageInfo { hasNextPage endCursor } } }`;
    interface Scans {
      readonly scans: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    }
    const own = await app.ask<Scans>(SCANS, { first: 1, serial }, tokens['kibera']);
    expect(own.scans.nodes).toMatchObject([
      { site: { gln: KIBERA }, purpose: 'dispensing', raw: codeOf(serial!), verdict: 'GENUINE', reason: null },
    ]);
    expect(own.scans.pageInfo.hasNextPage).toBe(false);
    const all = await app.ask<Scans>(SCANS, { first: 1, serial }, tokens['regulator']);
    expect(all.scans).toMatchObject({ nodes: [{ site: { gln: BAGAMOYO } }], pageInfo: { hasNextPage: true } });
    const after = all.scans.pageInfo.endCursor;
    expect((await app.ask<Scans>(SCANS, { first: 5, after, serial }, tokens['regulator'])).scans.nodes).toMatchObject([
      { site: { gln: KIBERA } },
    ]);
    const every = await app.ask<Scans>(SCANS, { first: 100 }, tokens['bagamoyo']);
    expect(every.scans.nodes.length).toBeGreaterThan(0);
    for (const node of every.scans.nodes)
      expect(node).toMatchObject({ organisation: { name: expect.stringContaining('Bagamoyo') } });
  });
});
