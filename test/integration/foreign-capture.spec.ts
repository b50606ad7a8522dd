import fc from 'fast-check';
import {
  commissioned,
  dispensed,
  packed,
  received,
  seen,
  shipped,
} from '../../src/domain/custody/testing/foreign-events.js';
import { lifeCode } from '../../src/domain/custody/life.js';
import { GTIN, ssccOf, type SiteName } from '../../src/domain/custody/testing/small-world.js';
import { dispensing, shipping, TwoProcesses } from './capture-fixture.js';
import { eventually } from '../support/eventually.js';
import { ForeignWorld } from './foreign-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
let world: TwoProcesses;
let foreign: ForeignWorld;

beforeAll(() => postgres.start());
beforeEach(async () => {
  world = await TwoProcesses.on(postgres);
  foreign = new ForeignWorld(world);
});
afterEach(async () => {
  expect(await world.inconsistencies()).toEqual([]);
  await world.close();
});
afterAll(() => postgres.stop());

const CASE = ssccOf(0);
const codes = async () => (await foreign.openGaps()).map(({ code }) => code);

type Story = readonly (readonly [SiteName, object])[];
const STORY: Story = [
  ['factory', commissioned(['S1', 'S2'], { at: 1 })],
  ['factory', packed('ADD', CASE, ['S1', 'S2'], 'factory', { at: 2 })],
  ['factory', shipped({ containers: [CASE] }, 'factory', 'depot', { at: 3 })],
  ['depot', received({ containers: [CASE] }, 'factory', 'depot', { at: 4 })],
  ['depot', packed('DELETE', CASE, ['S1'], 'depot', { at: 5 })],
  ['depot', shipped({ serials: ['S1'] }, 'depot', 'clinic', { at: 6 })],
  ['clinic', received({ serials: ['S1'] }, 'depot', 'clinic', { at: 7 })],
  ['clinic', dispensed(['S1'], 'clinic', { at: 8 })],
  ['depot', seen(['S2'], 'depot', { at: 9 })],
];
const END = [
  { serial: 'S1', life: lifeCode('dispensed'), holder: 3, site: 4, parent: null },
  { serial: 'S2', life: lifeCode('active'), parent: CASE },
];

describe('what partners report late and out of order', () => {
  it('ends as if it had come in order, with nothing left open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...STORY], { minLength: STORY.length }), async (story) => {
        const fresh = await TwoProcesses.on(postgres);
        const there = new ForeignWorld(fresh);
        for (const [site, event] of story) await there.document(site, [event]);
        expect(await there.openGaps()).toEqual([]);
        const packs = await there.packs();
        expect(
          packs.map((pack) => (pack.parent === null ? pack : { serial: pack.serial, parent: pack.parent })),
        ).toMatchObject(
          END.map((pack) => (pack.parent === null ? pack : { serial: pack.serial, parent: pack.parent })),
        );
        expect(await fresh.inconsistencies()).toEqual([]);
        await fresh.close();
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it('is settled by a step of our own that was missing', async () => {
    await foreign.document('depot', [received({ serials: ['S1'] }, 'factory', 'depot', { at: 4 })]);
    expect(await codes()).toEqual(['SHIPMENT_NOT_FOUND']);
    await world.take(
      0,
      'factory',
      { step: 'commissioning', gtin: GTIN, lot: 'A', serials: ['S1'] },
      '2026-11-22T05:01:00Z',
    );
    expect(await codes()).toEqual(['SHIPMENT_NOT_FOUND']);
    await world.take(0, 'factory', shipping(['S1'], [], 'depot'), '2026-11-22T05:02:00Z');
    expect(await foreign.openGaps()).toEqual([]);
    expect(await foreign.packs()).toMatchObject([{ serial: 'S1', life: lifeCode('active'), holder: 2, site: 3 }]);
  });
});

describe('a declaration of an error', () => {
  const id = 'urn:uuid:0ac3fd4e-c4b4-4c6c-9d35-21c5e5b50003';
  const declared = (event: object) => ({
    ...event,
    eventID: id,
    errorDeclaration: { declarationTime: '2026-11-22T06:00:00Z', reason: 'incorrect_data' },
  });

  it('takes the effect of the event back, and leaves both stored', async () => {
    const wrong = shipped({ serials: ['S1'] }, 'factory', 'depot', { at: 2, id });
    await foreign.document('factory', [commissioned(['S1'], { at: 1 }), wrong]);
    expect(await foreign.packs()).toMatchObject([{ life: lifeCode('in_transit') }]);
    const outcome = await foreign.document('factory', [declared(wrong)]);
    expect(outcome).toMatchObject({ captured: 1, duplicates: 0, stored: true });
    expect(await foreign.packs()).toMatchObject([{ life: lifeCode('active'), holder: 1, site: 1 }]);
    expect(await foreign.rows('select position::int, outcome from foreign_event where declares is not null')).toEqual([
      { position: 2, outcome: 'undone' },
    ]);
    expect(await foreign.document('factory', [declared(wrong)])).toMatchObject({ duplicates: 1, captured: 0 });
  });

  it('puts on hold what later events rest on', async () => {
    const wrong = shipped({ serials: ['S1'] }, 'factory', 'depot', { at: 2, id });
    await foreign.document('factory', [commissioned(['S1'], { at: 1 }), wrong]);
    await foreign.document('depot', [received({ serials: ['S1'] }, 'factory', 'depot', { at: 3 })]);
    await foreign.document('factory', [declared(wrong)]);
    expect(await foreign.packs()).toMatchObject([{ life: lifeCode('active'), holder: 2 }]);
    expect(await foreign.rows('select kind, serial from hold where lifted_in is null')).toEqual([
      { kind: 'disputed', serial: 'S1' },
    ]);
  });

  it('gives way to the corrective event, which may come before or after', async () => {
    const wrong = { ...commissioned(['S1'], { at: 1, id }, 'A'), eventID: id };
    const right = commissioned(['S1'], { at: 1 }, 'B');
    await foreign.document('factory', [wrong]);
    await foreign.document('factory', [right]);
    expect(await codes()).toEqual(['ALREADY_COMMISSIONED']);
    await foreign.document('factory', [declared(wrong)]);
    expect(await foreign.openGaps()).toEqual([]);
    expect(await foreign.rows('select l.number from item join lot l on l.id = lot_id')).toEqual([{ number: 'B' }]);
  });

  it('is for who captured the event alone', async () => {
    const wrong = shipped({ serials: ['S1'] }, 'factory', 'depot', { at: 2, id });
    await foreign.document('factory', [commissioned(['S1'], { at: 1 }), wrong]);
    expect(await foreign.document('depot', [declared(wrong)])).toMatchObject({
      stored: false,
      refusedEvents: [{ code: 'DECLARATION_NOT_YOURS' }],
    });
  });

  it('may come before its event, which then has no effect', async () => {
    const wrong = commissioned(['S1'], { at: 1, id });
    await foreign.document('factory', [declared(wrong)]);
    expect(await codes()).toEqual(['DECLARED_EVENT_MISSING']);
    await foreign.document('factory', [wrong]);
    expect(await foreign.openGaps()).toEqual([]);
    expect(await foreign.packs()).toEqual([]);
  });
});

describe('a document of another system', () => {
  it('takes packs from their commissioning to a patient, as our own steps do', async () => {
    const made = await foreign.document('factory', [
      commissioned(['S1', 'S2'], { at: 1 }),
      packed('ADD', CASE, ['S1', 'S2'], 'factory', { at: 2 }),
      shipped({ containers: [CASE] }, 'factory', 'clinic', { at: 3 }),
    ]);
    expect(made).toMatchObject({ stored: true, captured: 3, reported: 0, refused: 0 });
    const used = await foreign.document('clinic', [
      received({ containers: [CASE] }, 'factory', 'clinic', { at: 4 }),
      packed('DELETE', CASE, [], 'clinic', { at: 5 }),
      dispensed(['S1'], 'clinic', { at: 6 }),
    ]);
    expect(used).toMatchObject({ stored: true, captured: 3, reported: 0 });
    expect(await foreign.packs()).toMatchObject([
      { serial: 'S1', life: lifeCode('dispensed'), holder: 3, site: 4 },
      { serial: 'S2', life: lifeCode('active'), holder: 3, site: 4 },
    ]);
    expect(await foreign.openGaps()).toEqual([]);
  });

  it('is answered with the same events when it comes again, from another system, with other names and spellings', async () => {
    const events = [commissioned(['S1'], { at: 1, id: 'urn:uuid:0ac3fd4e-c4b4-4c6c-9d35-21c5e5b50001' })];
    const first = await foreign.document('factory', events);
    const again = await foreign.document('factory', [commissioned(['S1'], { at: 1 })], { process: 1 });
    expect(again).toMatchObject({ captured: 0, duplicates: 1, stored: true });
    expect(again.events[0]?.position).toBe(first.events[0]?.position);
  });

  it('refuses an eventID that stands for other content', async () => {
    const id = 'urn:uuid:0ac3fd4e-c4b4-4c6c-9d35-21c5e5b50002';
    await foreign.document('factory', [commissioned(['S1'], { at: 1, id })]);
    const other = await foreign.document('factory', [commissioned(['S2'], { at: 1, id })]);
    expect(other).toMatchObject({ stored: false, refusedEvents: [{ index: 0, code: 'EVENT_ID_TAKEN' }] });
  });

  it('stores what cannot be decided as reported, and changes nothing for it', async () => {
    const outcome = await foreign.document('clinic', [
      dispensed(['S9'], 'clinic', { at: 1 }),
      seen(['S9'], 'clinic', { at: 2 }),
    ]);
    expect(outcome).toMatchObject({ captured: 2, reported: 2 });
    expect(await codes()).toEqual(['NOT_COMMISSIONED', 'NOT_COMMISSIONED']);
    expect(await foreign.packs()).toEqual([]);
  });

  it('of which one event is refused stores nothing, or all the others where it is to proceed', async () => {
    const events = [commissioned(['S1'], { at: 1 }), seen(['S1'], 'factory', { at: 9_999_999 })];
    expect(await foreign.document('factory', events)).toMatchObject({
      stored: false,
      captured: 0,
      refusedEvents: [{ index: 1, code: 'EVENT_TIME_IN_FUTURE' }],
    });
    expect(await foreign.packs()).toEqual([]);
    expect(await foreign.document('factory', events, { behaviour: 'proceed' })).toMatchObject({
      captured: 1,
      refused: 1,
    });
    expect(await foreign.packs()).toHaveLength(1);
  });
});

describe('documents at once', () => {
  const serials = (from: number, count: number) => Array.from({ length: count }, (_, at) => `P${from + at}`);

  it('of two processes store each event once, and answer both', async () => {
    const events = serials(0, 40).map((serial, at) => commissioned([serial], { at: at % 50 }));
    const both = await Promise.all([
      foreign.document('factory', events, { process: 0 }),
      foreign.document('factory', events.toReversed(), { process: 1 }),
    ]);
    expect(both.map(({ captured, duplicates }) => captured + duplicates)).toEqual([40, 40]);
    expect(both[0]!.captured + both[1]!.captured).toBe(40);
    expect(await foreign.packs()).toHaveLength(40);
  });

  it('of one organisation are applied in the order in which they were handed in', async () => {
    const all = [
      commissioned(['S1'], { at: 1 }),
      packed('ADD', CASE, ['S1'], 'factory', { at: 2 }),
      packed('DELETE', CASE, ['S1'], 'factory', { at: 3 }),
      shipped({ serials: ['S1'] }, 'factory', 'depot', { at: 4 }),
    ];
    const outcomes = await Promise.all(all.map((event) => foreign.document('factory', [event])));
    const positions = outcomes.map(({ events }) => events[0]!.position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(await foreign.rows('select from event_gap')).toEqual([]);
  });

  it('share a commit where they are small, and one that is refused leaves the others alone', async () => {
    const good = serials(0, 20).map((serial) => foreign.document('factory', [commissioned([serial], { at: 1 })]));
    const bad = foreign.document('depot', [seen(['X0'], 'depot', { at: 1 }), commissioned(['X1'], { at: 2 })]);
    expect(await bad).toMatchObject({ stored: false, refusedEvents: [{ code: 'NOT_PREFIX_OWNER' }] });
    expect((await Promise.all(good)).every(({ captured }) => captured === 1)).toBe(true);
  });
});

describe('a document that is larger than one group', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => commissioned([`L${at}`], { at: at % 50 }));

  it('is stored whole or not at all', async () => {
    const broken = [...many(700), seen(['L0'], 'factory', { at: 9_999_999 })];
    expect(await foreign.document('factory', broken)).toMatchObject({
      stored: false,
      captured: 0,
      refusedEvents: [{ index: 700, code: 'EVENT_TIME_IN_FUTURE' }],
    });
    expect(await foreign.rows('select from event')).toEqual([]);
    expect(await foreign.document('factory', broken.slice(0, 700))).toMatchObject({ stored: true, captured: 700 });
  });

  it('of which the source breaks off stores nothing', async () => {
    const events = many(600);
    const breaking = new Proxy(events, {
      get: (target, name) => {
        if (name === '599') throw new Error('The line broke.');
        return Reflect.get(target, name) as unknown;
      },
    });
    await expect(foreign.document('factory', breaking)).rejects.toThrow('The line broke.');
    expect(await foreign.rows('select from event')).toEqual([]);
  });

  it('that a kill interrupts is stored by sending it again, each event once', async () => {
    const events = many(900);
    const interrupted = foreign.document('factory', events, { behaviour: 'proceed' }).catch((error: unknown) => error);
    await eventually('the first batch is stored', async () => (await foreign.rows('select from event')).length > 0);
    await world.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await interrupted;
    const again = await foreign.document('factory', events, { behaviour: 'proceed', process: 1 });
    expect(again.captured + again.duplicates).toBe(900);
    expect(await foreign.rows('select from event')).toHaveLength(900);
  });
});

describe('a receipt', () => {
  it('puts on hold what is missing of a shipment, and frees it when it arrives', async () => {
    await foreign.document('factory', [
      commissioned(['S1', 'S2'], { at: 1 }),
      shipped({ serials: ['S1', 'S2'] }, 'factory', 'depot', { at: 2 }),
    ]);
    await foreign.document('depot', [received({ serials: ['S1'] }, 'factory', 'depot', { at: 3 })]);
    const holds = `select kind, serial from hold where lifted_in is null`;
    expect(await foreign.rows(holds)).toEqual([{ kind: 'mismatch', serial: 'S2' }]);
    await foreign.document('depot', [received({ serials: ['S2'] }, 'factory', 'depot', { at: 4 })]);
    expect(await foreign.rows(holds)).toEqual([]);
    expect(await foreign.openGaps()).toEqual([]);
  });

  it('of a pack that was dispensed elsewhere says that one of the two is a copy', async () => {
    await world.bring(['S1'], 'clinic');
    await world.take(0, 'clinic', dispensing(['S1']));
    const later = { ...dispensed(['S1'], 'hospital', { at: 1 }), eventTime: '2026-11-22T09:00:00.000Z' };
    await foreign.document('hospital', [later]);
    expect(await foreign.rows('select kind from hold where lifted_in is null')).toEqual([{ kind: 'clone_suspect' }]);
    expect(await foreign.packs()).toMatchObject([{ life: lifeCode('dispensed'), holder: 3 }]);
  });
});
