import {
  commissioned,
  dispensed,
  packed,
  received,
  seen,
  shipped,
} from '../../src/domain/custody/testing/foreign-events.js';
import { lifeCode } from '../../src/domain/custody/life.js';
import { ssccOf } from '../../src/domain/custody/testing/small-world.js';
import { TwoProcesses } from './capture-fixture.js';
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
