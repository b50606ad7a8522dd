import fc from 'fast-check';
import { sgtinUri, ssccUri } from '../gs1/epc.js';
import type { EpcisEvent } from '../epcis/event.js';
import type { Act, ForeignReference } from './act.js';
import { ancestors, outermost } from './aggregation.js';
import { decide, type Command } from './decide.js';
import { StepRefusedError } from './refusal.js';
import { holdersOf, mentionOf, tenuresOf, Trail, type TrailEvent, type TrailWindow } from './trail.js';
import { pendingRef, World, type ContainerState, type ItemState } from './world.js';

const GTIN = '09521001000017';
const SSCCS = ['395210010000000018', '395210010000000025', '395210010000000032'];
const SERIALS = ['A', 'B', 'C'];
const RECORD_TIME = '2026-03-01T09:00:00.000Z';

/** Three traders with a site each; organisation and site have one number. */
const reference: ForeignReference = {
  organisation: (id) => ({
    id,
    gln: `952100100000${id}`,
    role: id === 1 ? 'manufacturer' : id === 2 ? 'distributor' : 'clinic',
  }),
  site: (id) => ({ id, gln: `952100100100${id}`, organisationId: id }),
  ownerOfGtin: () => 1,
  ownerOfSscc: () => 1,
  siteByGln: () => undefined,
  organisationByGln: () => undefined,
  homeOf: () => undefined,
  packSize: () => 10,
};

/** True where an event names a container itself, rather than as what others go into or come out of. */
const moves = (event: TrailEvent['event'], sscc: string): boolean => {
  const mention = mentionOf(event, ssccUri(sscc));
  return mention !== undefined && mention.kind !== 'contents';
};

/** Runs commands by the real rules, and writes down at each event what it was to one pack. */
class Story {
  readonly world = new World();
  readonly events: TrailEvent[] = [];
  /** Holder after each event that concerned the pack. */
  readonly truth = new Map<number, number>();
  readonly pack = sgtinUri(GTIN, 'A');

  constructor() {
    this.world.lots.set(1, { id: 1, gtin: GTIN, number: 'L', expiry: '2030-01-01', quantity: 10, commissioned: 0 });
    this.run(1, { step: 'commissioning', gtin: GTIN, lot: 'L', serials: SERIALS });
  }

  /** True when the rules let the organisation do it. */
  run(organisation: number, command: Command): boolean {
    const before = this.around();
    const ordinal = this.events.length;
    const role = reference.organisation(organisation)!.role;
    const act: Act = { organisation, role, site: organisation, eventTime: RECORD_TIME, recordTime: RECORD_TIME };
    this.load(command);
    let event: EpcisEvent;
    try {
      const decision = decide(this.world, command, act, reference, ordinal);
      if ('repeatOf' in decision) return false;
      event = decision.event;
    } catch (error) {
      if (error instanceof StepRefusedError) return false;
      throw error;
    }
    this.events.push({ position: ordinal, capturedBy: organisation, event: event as TrailEvent['event'] });
    for (const shipment of this.world.newShipments) Object.assign(shipment, { eventId: `e${shipment.id}` });
    for (const shipment of this.world.newShipments.splice(0)) this.world.shipments.set(shipment.id, shipment);
    const own = mentionOf(event as TrailEvent['event'], this.pack) !== undefined;
    if (own || before.some((sscc) => moves(event as TrailEvent['event'], sscc))) {
      this.truth.set(ordinal, outermost(this.world, this.item()).holder!);
    }
    return true;
  }

  private item(): ItemState {
    return this.world.item(GTIN, 'A')!;
  }

  private around(): string[] {
    const item = this.world.item(GTIN, 'A');
    return item ? ancestors(this.world, item).map(({ sscc }) => sscc) : [];
  }

  /** What the write path would have loaded: what is directly inside, and what is on its way. */
  private load(command: Command): void {
    const all: (ItemState | ContainerState)[] = [...this.world.items.values(), ...this.world.containers.values()];
    const group = (test: (thing: ItemState | ContainerState) => boolean) => ({
      items: all.filter((thing): thing is ItemState => !('lots' in thing) && test(thing)),
      containers: all.filter((thing): thing is ContainerState => 'lots' in thing && test(thing)),
    });
    this.world.children.clear();
    if (command.step === 'unpacking')
      this.world.children.set(
        command.sscc,
        group(({ parent }) => parent === command.sscc),
      );
    if (command.step === 'receiving') {
      const units = group(({ parent, shipment }) => parent === null && shipment === command.shipment);
      this.world.shipmentUnits.set(command.shipment, units);
    }
  }

  /** The trail, read window by window as the server does from its index. */
  trail(): Trail {
    const trail = new Trail(this.pack);
    for (let round = 0; trail.wanted().length > 0; round++) {
      expect(round).toBeLessThan(8);
      trail.add(trail.wanted().map((window) => this.read(window)));
    }
    return trail;
  }

  private read({ epc, from, to }: TrailWindow): TrailEvent[] {
    const named = this.events.filter(({ event }) => mentionOf(event, epc) !== undefined);
    const inside = named.filter(({ position }) => position > from && position < to);
    const earlier = named.filter(({ position }) => position <= from).toReversed();
    const kind = (...kinds: string[]) => earlier.find(({ event }) => kinds.includes(mentionOf(event, epc)!.kind)) ?? [];
    return [inside, kind('packed', 'unpacked'), kind('missing')].flat().toSorted(() => -1);
  }
}

const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const packs = some(...SERIALS).map((serials) => serials.map((serial) => ({ gtin: GTIN, serial })));
const noPacks = fc.constant([]);
const containers = some(...SSCCS);
const things = fc.oneof(
  fc.record({ packs, containers: fc.constant<string[]>([]) }),
  fc.record({ packs: noPacks, containers }),
);
const documents = { purchaseOrder: null, despatchAdvice: null };
const nothing = { packs: [], containers: [] };

const step: fc.Arbitrary<(story: Story) => Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ things, sscc: fc.constantFrom(...SSCCS) })
      .map(({ things: named, sscc }) => () => ({ step: 'packing' as const, sscc, minted: false, ...named })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ things: fc.oneof(things, fc.constant(nothing)), sscc: fc.constantFrom(...SSCCS) })
      .map(({ things: named, sscc }) => () => ({ step: 'unpacking' as const, sscc, ...named })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ things, toSite: fc.constantFrom(1, 2, 3) })
      .map(({ things: named, toSite }) => () => ({ step: 'shipping' as const, toSite, ...documents, ...named })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ back: fc.nat(2), missing: fc.oneof(fc.constant(nothing), things) })
      .map(({ back, missing }) => (story: Story) => ({
        step: 'receiving' as const,
        shipment: [...story.world.shipments.keys()].at(-1 - back) ?? pendingRef(9999),
        missing,
        excess: nothing,
      })),
  },
  { weight: 1, arbitrary: packs.map((named) => () => ({ step: 'dispensing' as const, packs: named })) },
  {
    weight: 1,
    arbitrary: things.map((named) => () => ({ step: 'decommissioning' as const, reason: 'lost' as const, ...named })),
  },
);

describe('the trail of a pack', () => {
  it('has every event that concerns it, and who held it, whatever was packed, shipped, received and lost', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 2, 3), step), { minLength: 30, maxLength: 60, size: 'max' }),
        (steps) => {
          const story = new Story();
          for (const [organisation, make] of steps) {
            const command = make(story);
            // By the first of the three who may, so that stories get somewhere.
            [0, 1, 2].some((turn) => story.run(((organisation + turn) % 3) + 1, command));
          }
          const entries = story.trail().entries();
          expect(entries.map(({ position }) => position)).toEqual([...story.truth.keys()]);
          for (const { position, holder, through } of entries) {
            expect(holder).toBe(story.truth.get(position));
            if (through !== story.pack) seen.add(story.events[position]!.event.bizStep!);
          }
        },
      ),
      { numRuns: 300 },
    );
    // The property says something only where packs did travel inside containers.
    expect([...seen]).toEqual(expect.arrayContaining(['shipping', 'receiving', 'packing', 'unpacking']));
  });

  const event = (position: number, capturedBy: number, fields: TrailEvent['event']): TrailEvent => ({
    position,
    capturedBy,
    event: fields,
  });
  const P = sgtinUri(GTIN, 'A');
  const CASE = ssccUri(SSCCS[0]!);

  it('leaves out what happened to its container before it came and after it left', () => {
    const trail = new Trail(P);
    const packing = event(10, 1, { action: 'ADD', bizStep: 'packing', parentID: CASE, childEPCs: [P] });
    const unpacking = event(20, 2, { action: 'DELETE', bizStep: 'unpacking', parentID: CASE, childEPCs: [P] });
    trail.add([[event(1, 1, { action: 'ADD', bizStep: 'commissioning', epcList: [P] }), packing, unpacking]]);
    expect(trail.wanted()).toEqual([{ epc: CASE, from: 10, to: 20 }]);
    const shipping = (position: number) => event(position, 1, { bizStep: 'shipping', epcList: [CASE] });
    trail.add([[shipping(5), shipping(12), event(15, 2, { bizStep: 'receiving', epcList: [CASE] }), shipping(25)]]);
    expect(trail.wanted()).toEqual([]);
    expect(trail.entries().map(({ position, through }) => [position, through])).toEqual([
      [1, P],
      [10, P],
      [12, CASE],
      [15, CASE],
      [20, P],
    ]);
    expect(trail.concerned()).toEqual(new Set([P, CASE]));
    expect([...holdersOf(trail.entries())]).toEqual([1, 2]);
  });

  it('has the recall of its lot', () => {
    const lot = 'https://id.gs1.org/01/09521001000017/10/L';
    const trail = new Trail(P, lot);
    trail.add([
      [
        event(1, 1, { action: 'ADD', bizStep: 'commissioning', epcList: [P] }),
        event(2, 9, { bizStep: 'holding', quantityList: [{ epcClass: lot }] }),
        event(3, 9, { bizStep: 'holding', quantityList: [{ epcClass: `${lot}2` }] }),
      ],
    ]);
    expect(trail.entries().map(({ position, through, holder }) => [position, through, holder])).toEqual([
      [1, P, 1],
      [2, lot, 1],
    ]);
  });

  it('says who had it from when to when', () => {
    const at = (position: number, holder: number, place: string) => ({ position, through: P, holder, place });
    expect(tenuresOf([at(1, 1, 'a'), at(2, 1, 'a'), at(5, 2, 'b'), at(7, 2, 'c')])).toEqual([
      { organisation: 1, place: 'a', from: 1, until: 5 },
      { organisation: 2, place: 'b', from: 5, until: 7 },
      { organisation: 2, place: 'c', from: 7, until: null },
    ]);
    expect(tenuresOf([])).toEqual([]);
  });
});
