import { tokenOf } from '../support/sign-in.js';
import { startApp, type TestApp } from '../support/start-app.js';

const GTIN = '09521001000017';
const FACTORY = '9521001001014';
const MOMBASA = '9522001001011';
const NAIROBI = '9522001001028';
const KIBERA = '9523001001018';
const HEAD_OFFICE = '9520001001017';
const LOT = 'RECALL-1';
const epc = (serial: string) => `https://id.gs1.org/01/${GTIN}/21/${serial}`;
const serials = (from: number, count: number) => Array.from({ length: count }, (_, at) => `R${from + at}`);

interface Made {
  readonly eventID: string;
  readonly position: number;
  readonly disposition: string;
  readonly document: Record<string, unknown>;
}
interface RecalledLot {
  readonly active: boolean;
  readonly recalls: readonly { readonly state: string; readonly hold: Record<string, unknown> }[];
  readonly whereabouts: {
    readonly packs: number;
    readonly stock: readonly {
      readonly site: { readonly gln: string };
      readonly life: string;
      readonly packs: number;
    }[];
    readonly inTransit: readonly { readonly sscc: string | null; readonly packs: number; readonly shipment: string }[];
  } | null;
  readonly affectedStock: readonly { readonly packs: number }[];
}

const RECALL = `query ($gtin: String!, $lot: String!) { recall(gtin: $gtin, lot: $lot) {
  active expiry product { name }
  recalls { state hold { kind recallClass reason epc openedBy { gln } liftRequestedBy { gln } liftedBy { gln } liftReason } }
  whereabouts { packs moreInTransit stock { organisation { name } site { gln } life packs }
    inTransit { sscc packs from { gln } to { gln } since shipment position } }
  affectedStock { site { gln } life packs } } }`;

let app: TestApp;
const tokens: Record<string, string> = {};
let clock = Date.now() - 3_600_000;

function request(name: string, input: Record<string, unknown>): [string, Record<string, unknown>] {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) {
    step: ${name}(input: $input) { event { eventID position disposition document } } }`;
  return [query, { input: { eventTime: new Date((clock += 1000)).toISOString(), ...input } }];
}

async function take(who: string, name: string, input: Record<string, unknown>): Promise<Made> {
  const answer = await app.ask<{ step: { event: Made } }>(...request(name, input), tokens[who]);
  return answer.step.event;
}

const refused = async (who: string, name: string, input: Record<string, unknown>): Promise<string> =>
  (await app.refusal(...request(name, input), tokens[who])).extensions.code;

const recallOf = async (who: string): Promise<RecalledLot | null> =>
  (await app.ask<{ recall: RecalledLot | null }>(RECALL, { gtin: GTIN, lot: LOT }, tokens[who])).recall;

let pallet: string;
let onTheRoad: Made;
let loose: Made;
let partial: Made;

/** 60 packs: 20 at the factory, 10 at a depot, 3 at a clinic (1 dispensed), a pallet of 20 and 5 loose packs on the road, 2 missing. */
beforeAll(async () => {
  app = await startApp({ demo: true });
  const people = {
    maker: 'quality@kilimani.example',
    operator: 'operator@kilimani.example',
    distributor: 'operator@pwani.example',
    clinic: 'pharmacist@kibera.example',
    stranger: 'operator@ziwa.example',
    otherMaker: 'quality@usambara.example',
    regulator: 'inspector@authority.example',
  };
  for (const [name, email] of Object.entries(people)) tokens[name] = await tokenOf(app, email);
  const lot = { gtin: GTIN, number: LOT, expiry: '2030-06-30', quantity: 60 };
  await app.ask(
    'mutation ($input: RegisterLotInput!) { registerLot(input: $input) { number } }',
    { input: lot },
    tokens['operator'],
  );
  await take('operator', 'commission', { site: FACTORY, gtin: GTIN, lot: LOT, serials: serials(0, 60) });
  const first = await take('operator', 'ship', { site: FACTORY, epcs: serials(0, 15).map(epc), consignee: MOMBASA });
  await take('distributor', 'receive', { site: MOMBASA, shipment: first.eventID });
  partial = await take('distributor', 'ship', { site: MOMBASA, epcs: serials(0, 5).map(epc), consignee: KIBERA });
  await take('clinic', 'receive', { site: KIBERA, shipment: partial.eventID, missing: serials(0, 2).map(epc) });
  await take('clinic', 'dispense', { site: KIBERA, epcs: [epc('R4')] });
  const boxed = await take('operator', 'pack', { site: FACTORY, epcs: serials(20, 20).map(epc) });
  const stacked = await take('operator', 'pack', { site: FACTORY, epcs: [boxed.document['parentID']] });
  pallet = (stacked.document['parentID'] as string).split('/').at(-1)!;
  onTheRoad = await take('operator', 'ship', {
    site: FACTORY,
    epcs: [stacked.document['parentID']],
    consignee: NAIROBI,
  });
  loose = await take('operator', 'ship', { site: FACTORY, epcs: serials(40, 5).map(epc), consignee: NAIROBI });
}, 180_000);
afterAll(() => app.close());

describe('a recall', () => {
  const about = { gtin: GTIN, lot: LOT, reason: 'Glass particles in the powder' };

  it('is not there before it is opened, and only the owner of the GTIN or the regulator opens one', async () => {
    expect(await recallOf('maker')).toBeNull();
    const recall = { ...about, kind: 'RECALLED', class: 1 };
    expect(await refused('operator', 'recallLot', { ...recall, site: FACTORY })).toBe('FORBIDDEN');
    expect(await refused('otherMaker', 'recallLot', { ...recall, site: '9521002001013' })).toBe('LOT_NOT_FOUND');
    expect(await refused('maker', 'recallLot', { ...recall, class: 5, site: FACTORY })).toBe('RECALL_CLASS_INVALID');
    expect(await refused('maker', 'recallLot', { ...recall, class: null, site: FACTORY })).toBe('RECALL_CLASS_INVALID');
    expect(await refused('maker', 'recallLot', { ...recall, kind: 'WITHDRAWN', site: FACTORY })).toBe(
      'RECALL_CLASS_INVALID',
    );
    expect(await refused('maker', 'recallLot', { ...recall, reason: ' ', site: FACTORY })).toBe('REASON_INVALID');
    expect(await refused('maker', 'recallLot', { ...recall, site: MOMBASA })).toBe('SITE_NOT_YOURS');
    await take('maker', 'recallLot', { ...recall, site: FACTORY });
    expect(await refused('maker', 'recallLot', { ...recall, site: FACTORY })).toBe('ALREADY_RECALLED');
  });

  it('says who has what now: at three places, in a pallet and loose on the road, and what is missing', async () => {
    const lot = (await recallOf('maker'))!;
    expect(lot.active).toBe(true);
    expect(lot.recalls).toMatchObject([
      {
        state: 'IN_FORCE',
        hold: { kind: 'RECALLED', recallClass: 1, reason: about.reason, openedBy: { gln: '9521001000000' } },
      },
    ]);
    const { packs, stock, inTransit } = lot.whereabouts!;
    expect(packs).toBe(60);
    expect(stock.map(({ site, life, packs: count }) => `${site.gln} ${life} ${count}`).toSorted()).toEqual(
      [
        `${FACTORY} ACTIVE 20`,
        `${FACTORY} IN_TRANSIT 25`,
        `${MOMBASA} ACTIVE 10`,
        `${MOMBASA} IN_TRANSIT 2`,
        `${KIBERA} ACTIVE 2`,
        `${KIBERA} DISPENSED 1`,
      ].toSorted(),
    );
    expect(inTransit).toMatchObject([
      { sscc: null, packs: 5, shipment: loose.eventID, from: { gln: FACTORY }, to: { gln: NAIROBI } },
      { sscc: pallet, packs: 20, shipment: onTheRoad.eventID, position: onTheRoad.position, to: { gln: NAIROBI } },
      { sscc: null, packs: 2, shipment: partial.eventID, from: { gln: MOMBASA }, to: { gln: KIBERA } },
    ]);
    expect((await recallOf('regulator'))!.whereabouts).toEqual(lot.whereabouts);
  });

  it('tells everybody else only that its own stock is affected, and strangers nothing', async () => {
    const clinic = (await recallOf('clinic'))!;
    expect(clinic.whereabouts).toBeNull();
    expect(clinic.recalls).toMatchObject([{ hold: { reason: about.reason } }]);
    expect(clinic.affectedStock).toMatchObject([
      { site: { gln: KIBERA }, life: 'ACTIVE', packs: 2 },
      { site: { gln: KIBERA }, life: 'DISPENSED', packs: 1 },
    ]);
    expect(await recallOf('stranger')).toBeNull();
    const RECALLS = `{ recalls(first: 5, active: true) { nodes { lot state affectedStock { packs } } } }`;
    const listed = async (who: string) =>
      (await app.ask<{ recalls: { nodes: unknown[] } }>(RECALLS, {}, tokens[who])).recalls.nodes;
    expect(await listed('clinic')).toEqual([
      { lot: LOT, state: 'IN_FORCE', affectedStock: [{ packs: 2 }, { packs: 1 }] },
    ]);
    expect(await listed('maker')).toHaveLength(1);
    expect(await listed('regulator')).toHaveLength(1);
    expect(await listed('stranger')).toEqual([]);
  });

  it('blocks the lot everywhere, is in the trail of its packs, and lets what is on the road arrive', async () => {
    expect(await refused('clinic', 'dispense', { site: KIBERA, epcs: [epc('R2')] })).toBe('RECALLED');
    await take('distributor', 'receive', { site: NAIROBI, shipment: onTheRoad.eventID });
    expect(
      await refused('distributor', 'ship', {
        site: NAIROBI,
        epcs: [`https://id.gs1.org/00/${pallet}`],
        consignee: KIBERA,
      }),
    ).toBe('RECALLED');
    expect((await recallOf('maker'))!.whereabouts!.inTransit.map(({ sscc, packs }) => [sscc, packs])).toEqual([
      [null, 5],
      [null, 2],
    ]);
    const PACK = `query ($epc: String!) { pack(epc: $epc) { life site { gln } containers holds { kind epc reason }
      trail { through event { bizStep } } } }`;
    const { pack } = await app.ask<{ pack: { trail: { through: string; event: { bizStep: string } }[] } }>(
      PACK,
      { epc: epc('R20') },
      tokens['distributor'],
    );
    expect(pack).toMatchObject({
      life: 'ACTIVE',
      site: { gln: NAIROBI },
      holds: [{ kind: 'RECALLED', reason: about.reason }],
    });
    expect(pack.trail.map(({ event }) => event.bizStep)).toEqual([
      'commissioning',
      'packing',
      'packing',
      'shipping',
      'holding',
      'receiving',
    ]);
    expect(pack.trail[4]!.through).toBe(`https://id.gs1.org/01/${GTIN}/10/${LOT}`);
  });

  it('that the owner opened is lifted only when both the owner and the regulator want it', async () => {
    const lift = { gtin: GTIN, lot: LOT, reason: 'Second analysis found nothing' };
    const asked = await take('maker', 'liftRecall', { ...lift, site: FACTORY });
    expect(asked.disposition).toBe('recalled');
    expect(await recallOf('maker')).toMatchObject({
      active: true,
      recalls: [{ state: 'LIFT_REQUESTED', hold: { liftRequestedBy: { gln: '9521001000000' } } }],
    });
    expect(await refused('maker', 'liftRecall', { ...lift, site: FACTORY })).toBe('LIFT_NOT_ALLOWED');
    const lifted = await take('regulator', 'liftRecall', { ...lift, site: HEAD_OFFICE });
    expect(lifted.disposition).toBe('active');
    expect(await recallOf('maker')).toMatchObject({
      active: false,
      recalls: [{ state: 'LIFTED', hold: { liftedBy: { gln: '9520001000003' }, liftReason: lift.reason } }],
    });
    await take('clinic', 'dispense', { site: KIBERA, epcs: [epc('R2')] });
    expect(await refused('maker', 'liftRecall', { ...lift, site: FACTORY })).toBe('HOLD_NOT_FOUND');
  });

  it('that a regulator opened is lifted by a regulator alone', async () => {
    await take('regulator', 'recallLot', { ...about, kind: 'WITHDRAWN', site: HEAD_OFFICE });
    expect(await refused('maker', 'liftRecall', { ...about, site: FACTORY })).toBe('LIFT_NOT_ALLOWED');
    await take('regulator', 'liftRecall', { ...about, site: HEAD_OFFICE });
    const lot = (await recallOf('maker'))!;
    expect(lot.recalls.map(({ state, hold }) => [state, hold['kind']])).toEqual([
      ['LIFTED', 'WITHDRAWN'],
      ['LIFTED', 'RECALLED'],
    ]);
  });
});

describe('holds', () => {
  const HOLDS = `query ($first: Int!, $after: String, $active: Boolean, $kind: HoldKind) {
    holds(first: $first, after: $after, active: $active, kind: $kind) {
      nodes { kind epc reason openedBy { gln } liftedAt } pageInfo { hasNextPage endCursor } } }`;
  interface Page {
    readonly holds: {
      readonly nodes: readonly {
        readonly epc: string;
        readonly kind: string;
        readonly openedBy: { gln: string } | null;
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  }
  const holdsOf = (who: string, variables: Record<string, unknown>) =>
    app.ask<Page>(HOLDS, { first: 50, ...variables }, tokens[who]).then(({ holds }) => holds);

  it('are shown to who opened them, who holds the pack and who owns its GTIN, and to no stranger', async () => {
    const missing = { active: true, kind: 'MISMATCH' };
    const expected = [epc('R1'), epc('R0')];
    for (const who of ['clinic', 'distributor', 'maker', 'regulator']) {
      expect((await holdsOf(who, missing)).nodes.map((hold) => hold.epc).toSorted()).toEqual(expected.toSorted());
    }
    for (const who of ['stranger', 'otherMaker']) expect((await holdsOf(who, {})).nodes).toEqual([]);
    expect((await holdsOf('clinic', { active: false })).nodes.map(({ kind }) => kind)).toEqual([
      'WITHDRAWN',
      'RECALLED',
    ]);
  });

  it('come in pages that join', async () => {
    const whole = (await holdsOf('regulator', {})).nodes;
    const pieces = [];
    for (let after: string | null = null; ;) {
      const { nodes, pageInfo } = await holdsOf('regulator', { first: 1, after });
      pieces.push(...nodes);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(pieces).toEqual(whole);
    expect(whole).toHaveLength(4);
  });

  it('on a pack end when the owner of the GTIN releases it', async () => {
    const stranger = { site: '9521002001013', epc: epc('R0'), reason: 'It was found' };
    expect(await refused('otherMaker', 'releaseHold', stranger)).toBe('LIFT_NOT_ALLOWED');
    expect(await refused('maker', 'releaseHold', { site: FACTORY, epc: 'R0', reason: 'It was found' })).toBe(
      'EPC_INVALID',
    );
    await take('maker', 'releaseHold', { site: FACTORY, epc: epc('R0'), reason: 'It was found' });
    const open = await holdsOf('maker', { active: true });
    expect(open.nodes.map((hold) => hold.epc)).toEqual([epc('R1')]);
    expect(await refused('maker', 'releaseHold', { site: FACTORY, epc: epc('R0'), reason: 'Again' })).toBe(
      'HOLD_NOT_FOUND',
    );
  });

  it('for a difference end when whoever found it takes it back', async () => {
    await take('clinic', 'releaseHold', { site: KIBERA, epc: epc('R1'), reason: 'It lay under the pallet' });
    expect((await holdsOf('maker', { active: true })).nodes).toEqual([]);
  });
});
