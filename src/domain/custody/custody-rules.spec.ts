import { LIVES, type Life } from './life.js';
import { HOLD_KINDS, type Hold } from './holds.js';
import type { Command } from './decide.js';
import { StepRefusedError } from './refusal.js';
import { DECOMMISSION_REASONS, type DecommissionReason } from './steps/decommissioning.js';
import {
  actAt,
  GTIN,
  nothing,
  packsOf,
  roleAt,
  SITE_NAMES,
  SITES,
  SmallWorld,
  ssccOf,
  type SiteName,
} from './testing/small-world.js';
import { TRANSITIONS, type Step } from './transitions.js';

const pack = { gtin: GTIN, serial: 'S1' };
const documents = { purchaseOrder: null, despatchAdvice: null };

/** One command for each step of the table, on pack S1. */
const COMMANDS: Partial<Record<Step, Command>> = {
  packing: { step: 'packing', sscc: ssccOf(0), minted: false, packs: [pack], containers: [] },
  shipping: { step: 'shipping', packs: [pack], containers: [], toSite: SITES.depot.id, ...documents },
  dispensing: { step: 'dispensing', packs: [pack] },
  part_dispensing: { step: 'part_dispensing', pack, units: 1 },
  undo_dispensing: { step: 'undo_dispensing', packs: [pack], notHandedOut: true },
  ...Object.fromEntries(
    Object.entries(DECOMMISSION_REASONS).map(([reason, { step }]) => [
      step,
      { step: 'decommissioning', reason: reason as DecommissionReason, packs: [pack], containers: [] } as const,
    ]),
  ),
};
const STEPS = Object.keys(COMMANDS) as Step[];

/** S1 at a site, in some life, as its last event left it. */
function worldWith(life: Life, site: SiteName): SmallWorld {
  const small = new SmallWorld();
  small.addLot('A');
  small.commission('A', ['S1']);
  const item = small.world.item(GTIN, 'S1')!;
  const { id, organisationId } = SITES[site];
  Object.assign(item, { life, site: id, holder: organisationId, remaining: life === 'partially_dispensed' ? 3 : null });
  if (life === 'partially_dispensed') {
    small.world.events.set(item.changedIn, { eventId: 'x', eventTime: Date.parse('2026-11-22T07:00:00Z'), units: 1 });
  }
  return small;
}

function codeOf(small: SmallWorld, command: Command, site: SiteName, eventTime?: string, recordTime?: string): string {
  try {
    small.take(command, actAt(site, eventTime, recordTime));
    return 'TAKEN';
  } catch (error) {
    if (!(error instanceof StepRefusedError)) throw error;
    return error.code;
  }
}

/** A site of somebody who may take the step as the holder. */
const siteFor = (step: Step): SiteName => (TRANSITIONS[step].roles.includes('manufacturer') ? 'factory' : 'clinic');

describe.each(STEPS)('%s', (step) => {
  const rule = TRANSITIONS[step];
  const site = siteFor(step);

  it.each(LIVES)('of a pack that is %s follows the table, and a missing entry is a refusal', (life) => {
    const small = worldWith(life, site);
    const code = codeOf(small, COMMANDS[step]!, site);
    if (rule.lives[life] !== undefined) expect(code).toBe('TAKEN');
    else
      expect(code).toBe(
        life === 'dispensed' && rule.lives.active !== undefined ? 'ALREADY_DISPENSED' : 'STEP_NOT_ALLOWED',
      );
    const after = small.world.item(GTIN, 'S1')!;
    const expected = rule.lives[life] ?? life;
    expect(after.parent === null ? after.life : 'active').toBe(expected);
  });

  it.each(SITE_NAMES)('is taken from %s only by whom the table names', (who) => {
    const life = Object.keys(rule.lives)[0] as Life;
    const held = codeOf(worldWith(life, who), COMMANDS[step]!, who);
    const role = roleAt(who);
    const target = step === 'shipping' && who === 'depot';
    if (!rule.roles.includes(role)) expect(held).toBe('ROLE_NOT_ALLOWED');
    else if (target) expect(held).toBe('STEP_NOT_ALLOWED');
    else if (step === 'packing' && SITES[who].organisationId !== 1) expect(held).toBe('NOT_PREFIX_OWNER');
    else expect(held).toBe('TAKEN');

    const elsewhere = codeOf(worldWith(life, site), COMMANDS[step]!, who);
    const own = SITES[who].organisationId === SITES[site].organisationId;
    const otherwise =
      (rule.by.includes('regulator') && role === 'regulator') ||
      (rule.by.includes('prefix_owner') && SITES[who].organisationId === 1);
    if (!rule.roles.includes(role) || who === site) return;
    if (own && rule.by.includes('holder')) expect(elsewhere).toBe('NOT_AT_SITE');
    else if (otherwise) expect(elsewhere).toBe('TAKEN');
    else expect(['NOT_HOLDER', 'UNDO_OTHER_SITE', 'STEP_NOT_ALLOWED', 'NOT_PREFIX_OWNER']).toContain(elsewhere);
  });

  it.each(HOLD_KINDS)('is stopped by %s, or is not, as the table says', (kind) => {
    const small = worldWith(Object.keys(rule.lives)[0] as Life, site);
    const onLot = kind === 'recalled' || kind === 'withdrawn';
    small.world.addHold(holdOf(kind, onLot ? { lotId: 1 } : { lotId: 1, item: pack }));
    const blocked = onLot ? 'RECALLED' : 'BLOCKED';
    expect(codeOf(small, COMMANDS[step]!, site)).toBe(rule.whenBlocked === 'refused' ? blocked : 'TAKEN');
  });

  it.each([
    ['2028-01-31T23:59:59.999-11:00', true],
    ['2028-01-31T00:00:00.000+14:00', true],
    ['2028-02-01T00:00:00.000+14:00', false],
    ['2028-02-01T00:00:00.000-11:00', false],
  ])('knows the last day of use by the date on the wall, at %s', (eventTime, fresh) => {
    const small = worldWith(Object.keys(rule.lives)[0] as Life, site);
    const first = small.world.item(GTIN, 'S1')!.changedIn;
    small.world.events.set(first, { eventId: 'x', eventTime: Date.parse('2028-01-30T00:00:00Z') });
    const expected = fresh || rule.whenBlocked === 'allowed' ? 'TAKEN' : 'EXPIRED';
    expect(codeOf(small, COMMANDS[step]!, site, eventTime, '2028-02-02T00:00:00Z')).toBe(expected);
  });
});

describe('a batch', () => {
  it('is refused as a whole, with each item that is at fault and why', () => {
    const small = new SmallWorld();
    small.addLot('A');
    small.commission('A', ['S1', 'S2', 'S3', 'S4']);
    small.pack(ssccOf(0), ['S2']);
    small.take({ step: 'suspecting', pack: { gtin: GTIN, serial: 'S3' }, reason: 'odd' }, actAt('depot'));
    const before = structuredClone({ ...small.world });
    const packs = packsOf(['S1', 'S2', 'S3', 'NEVER']);
    const command = { step: 'shipping' as const, packs, containers: [ssccOf(8)], toSite: SITES.depot.id, ...documents };
    let refusal: unknown;
    try {
      small.take(command, actAt('factory'));
    } catch (error) {
      refusal = error;
    }
    const refusals = (refusal as StepRefusedError).refusals.map(({ epc, code }) => `${epc.split('/').at(-1)} ${code}`);
    expect(refusals.sort()).toEqual(
      [`${ssccOf(8)} CONTAINER_NOT_FOUND`, 'NEVER NOT_COMMISSIONED', 'S2 PACKED_ELSEWHERE', 'S3 BLOCKED'].sort(),
    );
    expect(refusal).toMatchObject({ code: 'BATCH_REFUSED' });
    expect(structuredClone({ ...small.world })).toEqual(before);
  });

  it.each([
    ['BATCH_EMPTY', []],
    ['DUPLICATE_IN_BATCH', ['S1', 'S1']],
    ['BATCH_TOO_LARGE', Array.from({ length: 10_001 }, (_, at) => `B${at}`)],
  ])('is refused with %s', (code, serials) => {
    const small = worldWith('active', 'factory');
    expect(codeOf(small, { ...COMMANDS.packing!, packs: packsOf(serials) } as Command, 'factory')).toBe(code);
  });

  it('of 10,000 packs is taken', () => {
    const small = new SmallWorld();
    small.addLot('A', 10_000);
    small.commission(
      'A',
      Array.from({ length: 10_000 }, (_, at) => `B${at}`),
    );
    expect(small.world.newItems).toHaveLength(10_000);
  });
});

describe('undoing a dispense', () => {
  const dispensedAt = Date.parse('2026-11-01T00:00:00Z');
  const undo = COMMANDS.undo_dispensing!;
  const after = (milliseconds: number): string => {
    const small = new SmallWorld();
    small.addLot('A');
    small.bring('A', ['S1'], 'clinic');
    small.take(COMMANDS.dispensing!, actAt('clinic', new Date(dispensedAt).toISOString()));
    const now = new Date(dispensedAt + milliseconds).toISOString();
    return codeOf(small, undo, 'clinic', now, now);
  };

  it('is possible for 240 hours, to the millisecond, by the clock of the server', () => {
    expect(after(240 * 3_600_000)).toBe('TAKEN');
    expect(after(240 * 3_600_000 + 1)).toBe('UNDO_TOO_LATE');
  });

  it('needs the word of a person that nothing was handed out', () => {
    const small = worldWith('dispensed', 'clinic');
    expect(codeOf(small, { ...undo, notHandedOut: false } as Command, 'clinic')).toBe('UNDO_NOT_ATTESTED');
  });

  it('never gives back what an earlier part-dispense handed out', () => {
    const part = { step: 'part_dispensing' as const, pack, units: 1 };
    const dispensedInParts = (parts: number): SmallWorld => {
      const small = new SmallWorld();
      small.addLot('A');
      small.bring('A', ['S1'], 'clinic');
      for (let done = 0; done < parts; done++) small.take(part, actAt('clinic'));
      return small;
    };
    expect(codeOf(dispensedInParts(2), undo, 'clinic')).toBe('STEP_NOT_ALLOWED');
    expect(codeOf(dispensedInParts(4), undo, 'clinic')).toBe('STEP_NOT_ALLOWED');
    const small = dispensedInParts(1);
    expect(codeOf(small, undo, 'clinic')).toBe('TAKEN');
    expect(small.world.item(GTIN, 'S1')).toMatchObject({ life: 'active', remaining: null });
  });
});

describe('a dispensed pack that is presented again', () => {
  const repeat = { step: 'repeating' as const, pack };
  const dispensed = (): SmallWorld => {
    const small = new SmallWorld();
    small.addLot('A');
    small.bring('A', ['S1'], 'clinic');
    small.take(COMMANDS.dispensing!, actAt('clinic'));
    return small;
  };

  it('at its site is a slip twice, and under suspicion the third time', () => {
    const small = dispensed();
    for (const repeats of [1, 2]) {
      expect(small.take(repeat, actAt('clinic'))).toEqual({
        repeatOf: small.lastEvent,
        repeats,
        sameSite: true,
        soft: true,
      });
    }
    expect(small.take(repeat, actAt('clinic'))).toMatchObject({ event: { 'halisi:hold': 'suspect' } });
    expect(small.take(repeat, actAt('clinic'))).toMatchObject({ repeats: 4, soft: false });
  });

  it('elsewhere may have a copy, at once, and stays dispensed where it was', () => {
    const small = dispensed();
    expect(small.take(repeat, actAt('hospital'))).toMatchObject({ event: { 'halisi:hold': 'clone_suspect' } });
    expect(small.take(repeat, actAt('hospital'))).toMatchObject({ soft: false, sameSite: false });
    expect(small.world.item(GTIN, 'S1')).toMatchObject({ life: 'dispensed', site: SITES.clinic.id, repeats: 0 });
  });
});

describe('receiving', () => {
  it('puts only the difference on hold, and takes it in when it comes after all', () => {
    const small = new SmallWorld();
    small.addLot('A');
    small.commission('A', ['S1', 'S2', 'S3']);
    small.pack(ssccOf(0), ['S1', 'S2']);
    const shipment = small.ship([], [ssccOf(0)], 'factory', 'depot');
    const missing = { packs: packsOf(['S2']), containers: [] };
    small.take(
      { step: 'receiving', shipment, missing, excess: { packs: packsOf(['S3']), containers: [] } },
      actAt('depot'),
    );
    const kinds = ['S1', 'S2', 'S3'].map(
      (serial) => small.world.itemHolds.get(GTIN + serial)?.map(({ kind }) => kind) ?? [],
    );
    expect(kinds).toEqual([[], ['mismatch'], ['mismatch']]);
    expect(small.world.item(GTIN, 'S2')).toMatchObject({ life: 'in_transit', site: SITES.factory.id, parent: null });
    small.receive(shipment, 'depot');
    expect(small.world.item(GTIN, 'S2')).toMatchObject({ life: 'active', site: SITES.depot.id });
    expect(small.world.itemHolds.get(`${GTIN}S2`)).toEqual([]);
    expect(codeOf(small, { step: 'receiving', shipment, missing: nothing, excess: nothing }, 'depot')).toBe(
      'SHIPMENT_RECEIVED',
    );
  });
});

function holdOf(kind: Hold['kind'], on: { lotId: number; item?: Hold['item'] }): Hold {
  const by = { openedBy: 1, openedIn: 0, openedAt: '2026-11-22T07:00:00.000Z' };
  return { kind, item: null, sscc: null, recallClass: null, reason: 'a reason', liftRequestedBy: null, ...by, ...on };
}
