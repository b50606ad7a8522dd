import fc from 'fast-check';
import { itemKey } from '../world.js';
import type { EpcisEvent } from '../../epcis/event.js';
import { parseEpc } from '../../gs1/epc.js';
import { commissioned, dispensed, packed, received, seen, shipped } from '../testing/foreign-events.js';
import { GTIN, reference, roleAt, SITES, ssccOf, type SiteName } from '../testing/small-world.js';
import { epcsOfReading } from './attempt.js';
import type { HistoryEntry } from './history.js';
import { readForeign } from './reading.js';
import { replay, type Replay } from './replay.js';

const CASE = ssccOf(0);
const PALLET = ssccOf(2);
const RECORD_TIME = '2026-11-22T08:00:00.000Z';
const lots = [{ id: 1, gtin: GTIN, number: 'A', expiry: '2099-12-31', quantity: 1, commissioned: 0, open: true }];

/** A reporting repository in memory: what comes is decided with all that came before. */
class Reported {
  private entries: HistoryEntry[] = [];
  last: Replay | undefined;

  take(site: SiteName, event: object): void {
    const reading = readForeign(event as EpcisEvent);
    const act = {
      organisation: SITES[site].organisationId,
      role: roleAt(site),
      eventTime: (event as EpcisEvent).eventTime,
      recordTime: RECORD_TIME,
    };
    const entry: HistoryEntry = {
      ...{ ref: this.entries.length + 1, reading, act, decided: new Set(), missing: new Set(), undoes: false },
      open: new Set(epcsOfReading(reading)),
    };
    this.entries.push(entry);
    this.last = replay({ things: this.things(), entries: this.entries, lots, holds: [] }, reference);
    expect(this.last).toBeDefined();
    this.entries = this.entries.map((each) => ({
      ...each,
      decided: new Set([...each.decided, ...(this.last!.resolved.get(each.ref) ?? [])]),
      open: new Set((this.last!.gaps.get(each.ref) ?? []).map(({ epc }) => epc)),
    }));
  }

  private things() {
    const epcs = new Set(this.entries.flatMap(({ reading }) => epcsOfReading(reading)));
    const read = [...epcs].map(parseEpc);
    return {
      packs: read.flatMap((epc) => (epc.kind === 'sgtin' ? [{ gtin: epc.gtin, serial: epc.serial }] : [])),
      containers: read.flatMap((epc) => (epc.kind === 'sscc' ? [epc.sscc] : [])),
      others: [],
    };
  }

  get openGaps(): string[] {
    return this.entries.flatMap(({ ref, open }) => [...open].map((epc) => `${ref} ${epc}`));
  }

  /** State of every pack and container, without which event made it so. */
  get state(): unknown {
    const { items, containers } = this.last!.world;
    const plain = [...items.values(), ...containers.values()].map(({ life, parent, holder, site, ...rest }) => ({
      name: 'sscc' in rest ? rest.sscc : itemKey(rest.gtin, rest.serial),
      ...{ life, parent, holder, site },
    }));
    return plain.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

type Story = readonly (readonly [SiteName, object])[];
const told = (story: Story): Reported => {
  const reported = new Reported();
  for (const [site, event] of story) reported.take(site, event);
  return reported;
};

const STORIES: Readonly<Record<string, Story>> = {
  'packed, shipped, received, unpacked and dispensed': [
    ['factory', commissioned(['S1', 'S2'], { at: 1 })],
    ['factory', packed('ADD', CASE, ['S1', 'S2'], 'factory', { at: 2 })],
    ['factory', shipped({ containers: [CASE] }, 'factory', 'clinic', { at: 3 })],
    ['clinic', received({ containers: [CASE] }, 'factory', 'clinic', { at: 4 })],
    ['clinic', packed('DELETE', CASE, [], 'clinic', { at: 5 })],
    ['clinic', seen(['S2'], 'clinic', { at: 6 })],
    ['clinic', dispensed(['S1'], 'clinic', { at: 7 })],
  ],
  'sent out, sent back and sent out again': [
    ['factory', commissioned(['S1', 'S2'], { at: 1 })],
    ['factory', shipped({ serials: ['S1', 'S2'] }, 'factory', 'depot', { at: 2 })],
    ['depot', received({ serials: ['S1', 'S2'] }, 'factory', 'depot', { at: 3 })],
    ['depot', shipped({ serials: ['S1'] }, 'depot', 'factory', { at: 4 })],
    ['factory', received({ serials: ['S1'] }, 'depot', 'factory', { at: 5 })],
    ['factory', shipped({ serials: ['S1'] }, 'factory', 'hospital', { at: 6 })],
    ['hospital', received({ serials: ['S1'] }, 'factory', 'hospital', { at: 7 })],
    ['hospital', dispensed(['S1'], 'hospital', { at: 8 })],
  ],
  'in a case on a pallet that is broken down': [
    ['factory', commissioned(['S1', 'S2'], { at: 1 })],
    ['factory', packed('ADD', CASE, ['S1'], 'factory', { at: 2 })],
    ['factory', packed('ADD', PALLET, ['S2'], 'factory', { at: 3 }, [CASE])],
    ['factory', shipped({ containers: [PALLET] }, 'factory', 'depot', { at: 4 })],
    ['depot', received({ containers: [PALLET] }, 'factory', 'depot', { at: 5 })],
    ['depot', packed('DELETE', PALLET, [], 'depot', { at: 6 }, [CASE])],
    ['depot', shipped({ containers: [CASE] }, 'depot', 'clinic', { at: 7 })],
    ['clinic', received({ containers: [CASE] }, 'depot', 'clinic', { at: 8 })],
    ['clinic', dispensed(['S1'], 'clinic', { at: 9 })],
  ],
};

describe.each(Object.entries(STORIES))('a history of packs %s', (_, story) => {
  const inOrder = told(story);

  it('leaves nothing open where it comes in order', () => {
    expect(inOrder.openGaps).toEqual([]);
  });

  it('ends in the same state, with no open gap, in whatever order it is reported', () => {
    const orders = fc.shuffledSubarray(
      story.map((_, at) => at),
      { minLength: story.length },
    );
    fc.assert(
      fc.property(orders, (order) => {
        const shuffled = told(order.map((at) => story[at]!));
        expect(shuffled.openGaps).toEqual([]);
        expect(shuffled.state).toEqual(inOrder.state);
      }),
      { numRuns: Number(process.env['CUSTODY_RUNS'] ?? 200) },
    );
  });
});

describe('an event that is reported late', () => {
  const story: Story = [
    ['factory', commissioned(['S1'], { at: 1 })],
    ['factory', shipped({ serials: ['S1'] }, 'factory', 'depot', { at: 5 })],
    ['depot', received({ serials: ['S1'] }, 'factory', 'depot', { at: 6 })],
  ];

  it('takes nothing from who holds the pack by what was decided before', () => {
    const before = told(story);
    const after = told([...story, ['factory', shipped({ serials: ['S1'] }, 'factory', 'clinic', { at: 3 })]]);
    expect(after.state).toEqual(before.state);
    expect(after.openGaps).toHaveLength(1);
  });

  it('is decided where it goes with what was decided before', () => {
    const after = told([...story, ['factory', packed('ADD', CASE, ['S1'], 'factory', { at: 2 })]]);
    // It cannot have left by itself while it was in the case, until somebody reports that it came out.
    expect(after.openGaps).toHaveLength(2);
    after.take('factory', packed('DELETE', CASE, ['S1'], 'factory', { at: 3 }));
    expect(after.openGaps).toEqual([]);
    expect(after.state).toContainEqual({ name: CASE, life: 'active', parent: null, holder: 1, site: 1 });
  });
});
