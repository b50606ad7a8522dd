import { GTIN } from '../../src/domain/custody/testing/small-world.js';
import { ReceiptEventsStore } from '../../src/trace/receipts/receipt-events.store.js';
import { TwoProcesses } from './capture-fixture.js';
import { TestPostgres } from './transparency-fixture.js';

const postgres = new TestPostgres();
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

describe('the events of a lot', () => {
  it('come in parts, that are shorter where events are large, leave out what is erased, and say whether more follow', async () => {
    const world = await TwoProcesses.on(postgres);
    for (let at = 0; at < 3; at++) await world.commission([`S${at}`]);
    const store = new ReceiptEventsStore(world.databases[0]);
    const lot = { id: 1, gtin: GTIN, number: 'A' };
    expect(await store.ofLot(lot, false, -1, 3)).toEqual({ positions: [0, 1, 2], more: false });
    expect(await store.ofLot(lot, false, -1, 2)).toEqual({ positions: [0, 1], more: true });
    expect(await store.ofLot(lot, false, -1, 3, 1)).toEqual({ positions: [0], more: true });
    expect(await store.ofLot(lot, false, 1, 3, 1)).toEqual({ positions: [2], more: false });
    expect(await store.ofLot(lot, false, 2, 3)).toEqual({ positions: [], more: false });
    await world.owner.query('alter table event disable trigger all');
    await world.owner.query('update event set hash = null, secret = null, body = null where position = 0');
    expect(await store.ofLot(lot, false, -1, 1)).toEqual({ positions: [1], more: true });
    await world.close();
  });
});
