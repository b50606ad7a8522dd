import { GTIN, ssccOf } from '../../src/domain/custody/testing/small-world.js';
import { dispensing, isCaptured, type Outcome, packing, receiving, shipping, TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const ROUNDS = 10;
const postgres = new TestPostgres();
let world: TwoProcesses;

beforeAll(() => postgres.start());
afterAll(() => postgres.stop());
beforeEach(async () => {
  world = await TwoProcesses.on(postgres);
});
afterEach(async () => {
  expect(await world.inconsistencies()).toEqual([]);
  await world.close();
});

const either = (index: number): 0 | 1 => (index % 2 === 0 ? 0 : 1);
const at = (second: number): string => `2026-11-22T10:00:${String(second).padStart(2, '0')}.000+03:00`;

/** Exactly one was stored; answers the codes of the others. */
function onlyOne(outcomes: readonly Outcome[]): string[] {
  expect(outcomes.filter(isCaptured)).toHaveLength(1);
  return outcomes.flatMap((outcome) => (isCaptured(outcome) ? [] : [outcome.code]));
}

describe('two processes that capture on one database', () => {
  it('give out positions without a gap, each once, in the order of the log', async () => {
    const captured = await Promise.all(
      Array.from({ length: 400 }, (_, index) => world.commission([`P${index}`], either(index))),
    );
    const positions = captured.map(({ position }) => position).sort((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 400 }, (_, index) => index));
    expect(captured.every(({ duplicate }) => !duplicate)).toBe(true);
  });

  it('store the same request once, however often it comes, and give all the same answer', async () => {
    const commissioned = await Promise.all(
      Array.from({ length: 50 }, (_, index) => world.commission(['S1', 'S2'], either(index))),
    );
    const dispensed = world
      .bring(['S3'], 'clinic')
      .then(() =>
        Promise.all(Array.from({ length: 50 }, (_, index) => world.take(either(index), 'clinic', dispensing(['S3'])))),
      );
    for (const answers of [commissioned, await dispensed]) {
      expect(new Set(answers.map(({ position, eventId }) => `${position} ${eventId}`)).size).toBe(1);
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
  });

  it('let one of two clinics dispense a pack that one of them holds', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await world.bring([`D${round}`], 'clinic');
      const outcomes = await Promise.all([
        world.ask(0, 'hospital', dispensing([`D${round}`])),
        world.ask(1, 'clinic', dispensing([`D${round}`])),
        world.ask(0, 'clinic', dispensing([`D${round}`]), at(7)),
      ]);
      for (const code of onlyOne(outcomes)) expect(['ALREADY_DISPENSED', 'NOT_HOLDER']).toContain(code);
      expect(isCaptured(outcomes[0])).toBe(false);
    }
  });

  it('let the consignee alone receive a pallet, and once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await world.commission([`R${round}`]);
      await world.pack(ssccOf(round * 2), [`R${round}`]);
      const shipment = await world.ship([], [ssccOf(round * 2)], 'factory', 'depot');
      const [clinic, ...depot] = await Promise.all([
        world.ask(1, 'clinic', receiving(shipment)),
        world.ask(0, 'depot', receiving(shipment), at(1)),
        world.ask(1, 'depot', receiving(shipment), at(2)),
      ]);
      expect(clinic).toMatchObject({ code: 'SHIPMENT_NOT_FOUND' });
      expect(onlyOne(depot)).toEqual(['SHIPMENT_RECEIVED']);
    }
  });

  it('never ship after a recall', async () => {
    await world.commission(Array.from({ length: ROUNDS }, (_, round) => `C${round}`));
    for (let round = 0; round < ROUNDS; round++) {
      const named = { gtin: GTIN, lot: 'A', reason: 'bad' };
      const [recalled, shipped] = await Promise.all([
        world.ask(0, 'authority', { step: 'recalling', ...named, kind: 'recalled', recallClass: 1 }, at(round)),
        world.ask(1, 'factory', shipping([`C${round}`], [], 'depot')),
      ]);
      if (!isCaptured(recalled)) throw new Error(recalled.message);
      if (isCaptured(shipped)) expect(shipped.position).toBeLessThan(recalled.position);
      else expect(shipped.code).toBe('RECALLED');
      await world.take(0, 'authority', { step: 'lifting_recall', ...named }, at(round));
    }
  });

  it('put a pack into one of two cases', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await world.commission([`K${round}`]);
      const outcomes = await Promise.all([
        world.ask(0, 'factory', packing(ssccOf(round * 4), [`K${round}`])),
        world.ask(1, 'factory', packing(ssccOf(round * 4 + 2), [`K${round}`])),
      ]);
      expect(onlyOne(outcomes)).toEqual(['PACKED_ELSEWHERE']);
    }
  });

  it('both put packs into one new case, which then holds the packs of both', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await world.commission([`N${round}a`, `N${round}b`]);
      const outcomes = await Promise.all([
        world.ask(0, 'factory', packing(ssccOf(round * 2), [`N${round}a`])),
        world.ask(1, 'factory', packing(ssccOf(round * 2), [`N${round}b`])),
      ]);
      expect(outcomes.filter(isCaptured)).toHaveLength(2);
    }
    const { rows } = await world.owner.query('select distinct packs from container');
    expect(rows).toEqual([{ packs: '2' }]);
  });

  it('commission a serial number once, and fill a lot to its last pack and no further', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const both = [0, 1].map((index) =>
        world.ask(either(index), 'factory', {
          step: 'commissioning',
          gtin: GTIN,
          lot: 'A',
          serials: [`X${round}`, `Y${round}${index}`],
        }),
      );
      expect(onlyOne(await Promise.all(both))).toEqual(['ALREADY_COMMISSIONED']);
    }
    await world.owner.query(`update lot set quantity = 5 where number = 'B'`);
    const filling = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        world.ask(either(index), 'factory', { step: 'commissioning', gtin: GTIN, lot: 'B', serials: [`L${index}`] }),
      ),
    );
    expect(filling.filter(isCaptured)).toHaveLength(5);
    for (const outcome of filling) if (!isCaptured(outcome)) expect(outcome.code).toBe('LOT_FULL');
  });

  it('count a slip once, however often its request comes', async () => {
    await world.bring(['T1'], 'clinic');
    const dispensed = await world.take(0, 'clinic', dispensing(['T1']));
    const slip = { step: 'repeating' as const, pack: { gtin: GTIN, serial: 'T1' } };
    const ask = (second: number) =>
      Promise.all(Array.from({ length: 6 }, (_, index) => world.take(either(index), 'clinic', slip, at(second))));
    for (const [second, repeats] of [
      [1, 1],
      [2, 2],
    ] as const) {
      for (const answer of await ask(second)) {
        expect(answer).toMatchObject({ position: dispensed.position, repeats: { repeats, soft: true } });
      }
    }
    const opened = await ask(3);
    expect(new Set(opened.map(({ position }) => position))).toEqual(new Set([dispensed.position + 1]));
    expect(opened[0]!.repeats).toBeUndefined();
  });
});

describe('a pallet of 100,000 packs', () => {
  it('ships as one event that touches one container row and no pack', async () => {
    const serials = (batch: number) => Array.from({ length: 10_000 }, (_, index) => `B${batch}-${index}`);
    const cases: string[] = [];
    for (let batch = 0; batch < 10; batch++) {
      await world.commission(serials(batch));
      const sscc = ssccOf(100 + batch * 2);
      await world.pack(sscc, serials(batch));
      cases.push(sscc);
    }
    await world.pack(ssccOf(10), [], cases);
    const started = (await world.owner.query<{ xmin: string }>('select pg_current_xact_id()::text as xmin')).rows[0]!
      .xmin;
    const { event } = await world.take(0, 'factory', shipping([], [ssccOf(10)], 'depot'));
    expect(event).toMatchObject({ epcList: [`https://id.gs1.org/00/${ssccOf(10)}`] });
    const touched = async (table: string): Promise<number> => {
      const text = `select count(*)::int as n from ${table} where xmin::text::bigint > $1::bigint`;
      return (await world.owner.query<{ n: number }>(text, [started])).rows[0]!.n;
    };
    expect(await Promise.all(['container', 'item', 'event', 'container_lot'].map(touched))).toEqual([1, 0, 1, 0]);
    const { rows } = await world.owner.query('select packs from shipment');
    expect(rows).toEqual([{ packs: '100000' }]);
  }, 120_000);
});
