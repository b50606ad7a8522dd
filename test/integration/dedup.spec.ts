import { GTIN } from '../../src/domain/custody/testing/small-world.js';
import type { Captured } from '../../src/capture/job.js';
import type { Command } from '../../src/domain/custody/decide.js';
import { isConnectionLoss } from '../../src/platform/database/errors.js';
import { receiving, shipping, TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

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

const stored = async (): Promise<{ events: number; entries: number; requests: number; size: number }> => {
  const { rows } = await world.owner.query<{ events: number; entries: number; requests: number; size: number }>(
    `select (select count(*)::int from event) as events, (select count(*)::int from log_entry) as entries,
      (select count(*)::int from capture_request) as requests, (select size::int from log) as size`,
  );
  return rows[0]!;
};

const either = (at: number): 0 | 1 => (at % 2 === 0 ? 0 : 1);
const places = (answers: readonly Captured[]): Set<string> =>
  new Set(answers.map(({ position, eventId }) => `${position} ${eventId}`));

/** Cuts every connection that is at work, after so many milliseconds; answers how many. */
async function cutSoon(after: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, after));
  const { rowCount } = await world.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'halisi' and state <> 'idle'`,
  );
  return rowCount ?? 0;
}

/** Sends a request until it is answered, as a client does. */
async function insist(process: 0 | 1, command: Command): Promise<Captured> {
  for (;;) {
    try {
      return await world.take(process, 'factory', command);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
    }
  }
}

describe('the same content', () => {
  it('is one event and one entry, at one position, for as long as the log is', async () => {
    const first = await world.commission(['S1']);
    for (let round = 0; round < 3; round++) {
      await world.commission([`O${round}`]);
      for (const process of [0, 1] as const) {
        expect(await world.commission(['S1'], process)).toMatchObject({
          ...{ position: first.position, eventId: first.eventId, duplicate: true },
        });
      }
    }
    expect(await stored()).toEqual({ events: 4, entries: 4, requests: 4, size: 4 });
  });

  it('is so too when the custody rules would refuse it by now', async () => {
    await world.commission(['S1']);
    const shipped = await world.take(0, 'factory', shipping(['S1'], [], 'clinic'));
    const received = await world.take(0, 'clinic', receiving(shipped.position));
    const again = [
      await world.take(1, 'factory', shipping(['S1'], [], 'clinic')),
      await world.take(1, 'clinic', receiving(shipped.position)),
    ];
    expect(again.map(({ position }) => position)).toEqual([shipped.position, received.position]);
    expect(await stored()).toMatchObject({ events: 3, size: 3 });
  });

  it('is one event when a hundred requests come at the same moment to two processes', async () => {
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) => world.commission([`R${round}`], either(at))),
      );
      expect(places(answers).size).toBe(1);
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
    expect(await stored()).toEqual({ events: 5, entries: 5, requests: 5, size: 5 });
  });

  it('is one event when connections are cut between, and every answer names the same place', async () => {
    let cut = 0;
    for (let round = 0; round < 12; round++) {
      const serials = Array.from({ length: 400 }, (_, at) => `K${round}-${at}`);
      const command: Command = { step: 'commissioning', gtin: GTIN, lot: 'A', serials };
      const [answers, connections] = await Promise.all([
        Promise.all([0, 1, 0, 1].map((process) => insist(process as 0 | 1, command))),
        cutSoon(round * 2),
      ]);
      expect(places(answers).size).toBe(1);
      cut += connections;
    }
    expect(cut).toBeGreaterThan(3);
    expect(await stored()).toEqual({ events: 12, entries: 12, requests: 12, size: 12 });
  }, 60_000);

  it('is another event at another time, by another organisation, or of other content', async () => {
    const pack = { gtin: GTIN, serial: 'S1' };
    await world.commission(['S1']);
    const said = { step: 'suspecting' as const, pack, reason: 'odd' };
    const first = await world.take(0, 'clinic', said);
    const others = [await world.take(0, 'depot', said), await world.take(1, 'hospital', said)];
    expect(new Set([first, ...others].map(({ position }) => position)).size).toBe(3);
    const end = { step: 'releasing' as const, pack, sscc: null, reason: 'settled' };
    await world.take(0, 'clinic', end);
    const later = await world.take(0, 'clinic', said, '2026-11-22T10:00:00.001+03:00');
    expect(later.duplicate).toBe(false);
  });
});
