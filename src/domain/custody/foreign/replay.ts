import { takeOut } from '../aggregation.js';
import type { Act, ForeignReference, Gap } from '../act.js';
import type { Hold } from '../holds.js';
import { StepRefusedError } from '../refusal.js';
import { mismatch } from '../steps/receiving.js';
import { World, type EventRef, type ItemState } from '../world.js';
import { epcsNamed, Gaps, isNothing, only } from './attempt.js';
import { take } from './decide-foreign.js';
import type { Decided, History, HistoryEntry } from './history.js';
import { thingsNamed } from './place.js';
import { NOTHING_NAMED, type ForeignReading } from './reading.js';

/** How often a history is tried with one open event less. */
const MOST_TRIES = 16;

/** A history that was decided again: the world as it left it, with only its things in it. */
export interface Replay extends Decided {
  readonly world: World;
}

/**
 * Decides a history again from its beginning, in the order of event time: what was decided before must come out decided, and
 * of what was open as much as goes with that. Where something open would undo what was decided, the latest such event stays
 * open: nobody rewrites what is recorded by reporting late. Undefined where even what was decided does not come out so.
 */
export function replay(history: History, reference: ForeignReference): Replay | undefined {
  const entries = history.entries.toSorted(inOrder);
  const excluded = new Set<HistoryEntry>();
  let tries = 0;
  for (;;) {
    const outcome = new Fold(history, reference, excluded).run(entries);
    if (!('failedAt' in outcome)) return outcome;
    const before = entries.slice(0, outcome.failedAt);
    const candidates = before.filter((entry) => entry.open.size > 0 && !excluded.has(entry));
    if (candidates.length === 0) return undefined;
    // One after the other, and all at once where that does not help soon: the work is bounded.
    for (const entry of ++tries < MOST_TRIES ? candidates.slice(-1) : candidates) excluded.add(entry);
  }
}

/** By event time; of one time, in the order in which they came. A reference below zero is of what comes now. */
function inOrder(a: HistoryEntry, b: HistoryEntry): number {
  const place = (ref: EventRef): number => (ref < 0 ? Number.MAX_SAFE_INTEGER + ref : ref);
  return Date.parse(a.act.eventTime) - Date.parse(b.act.eventTime) || place(a.ref) - place(b.ref);
}

class Fold {
  private readonly world = new World();
  private readonly resolved = new Map<EventRef, Set<string>>();
  private readonly gaps = new Map<EventRef, readonly Gap[]>();

  constructor(
    private readonly history: History,
    private readonly reference: ForeignReference,
    private readonly excluded: ReadonlySet<HistoryEntry>,
  ) {
    for (const lot of history.lots) this.world.lots.set(lot.id, { ...lot, commissioned: 0, open: true });
  }

  run(entries: readonly HistoryEntry[]): Replay | { readonly failedAt: number } {
    for (const [at, entry] of entries.entries()) {
      if (!this.runDecided(entry)) return { failedAt: at };
      this.runOpen(entry);
    }
    return { world: this.world, resolved: this.resolved, gaps: this.gaps };
  }

  /** What was decided is decided again whatever holds have come since. False where it cannot be. */
  private runDecided(entry: HistoryEntry): boolean {
    this.miss(entry);
    if (entry.decided.size === 0) return true;
    const holds = entry.reading.step === 'receiving' ? this.opened() : [];
    const gaps = this.under(holds, () => this.take(entry, entry.decided));
    if (entry.undoes) this.undo(entry);
    return gaps.every(({ epc }) => !entry.decided.has(epc));
  }

  private runOpen(entry: HistoryEntry): void {
    if (entry.open.size === 0) return;
    if (this.excluded.has(entry)) {
      const gaps = [...entry.open].map((epc) => ({
        epc,
        code: 'OUT_OF_ORDER' as const,
        message: 'It does not go with what was decided since: another event is missing, or this one is wrong.',
      }));
      this.gaps.set(entry.ref, gaps);
      return;
    }
    const gaps = this.under([...this.opened(), ...this.history.holds], () => this.take(entry, entry.open));
    const left = gaps.filter(({ epc }) => entry.open.has(epc));
    const still = new Set(left.map(({ epc }) => epc));
    this.gaps.set(entry.ref, left);
    this.resolved.set(entry.ref, new Set([...entry.open].filter((epc) => !still.has(epc))));
  }

  /** Takes the step of an entry on some of its EPCs. */
  private take(entry: HistoryEntry, epcs: ReadonlySet<string>): readonly Gap[] {
    const { world, reference } = this;
    const reading = restricted(entry.reading, epcs, world);
    if (reading === undefined) return [];
    if (reading.step === 'receiving' || reading.step === 'unpacking') this.index();
    const gaps = new Gaps();
    const shipments = world.newShipments.length;
    try {
      take(world, reading, entry.act, reference, -entry.ref - 1, gaps);
    } catch (error) {
      // Nobody refuses what is stored; what comes now may still be.
      if (entry.ref < 0 || !(error instanceof StepRefusedError)) throw error;
      for (const epc of epcs) gaps.add(epc, error.code, error.message);
    }
    world.events.set(entry.ref, { eventId: String(entry.ref), eventTime: Date.parse(entry.act.eventTime) });
    for (const shipment of world.newShipments.slice(shipments)) {
      if (!world.shipments.has(shipment.id)) world.shipments.set(shipment.id, { ...shipment, eventId: 'replayed' });
    }
    return gaps.list;
  }

  private miss(entry: HistoryEntry): void {
    const { world } = this;
    if (entry.missing.size === 0) return;
    const things = thingsNamed(
      world,
      only(this.history.things, (epc) => entry.missing.has(epc)),
    );
    const act: Act = { ...entry.act, site: -1 };
    for (const thing of things) {
      takeOut(world, thing, entry.ref);
      mismatch(world, thing, act, entry.ref, 'missing at a receipt');
    }
  }

  private undo(entry: HistoryEntry): void {
    const items = thingsNamed(
      this.world,
      only(entry.reading.named, (epc) => entry.decided.has(epc)),
    ) as ItemState[];
    for (const item of items) Object.assign(item, { life: 'active', remaining: null, changedIn: entry.ref });
  }

  /** Holds that this history opened and has not lifted. */
  private opened(): Hold[] {
    const { newHolds, liftedHolds } = this.world;
    return newHolds.filter((hold) => !liftedHolds.some((lift) => lift.hold === hold));
  }

  private under<T>(holds: readonly Hold[], step: () => T): T {
    const { world } = this;
    for (const map of [world.itemHolds, world.containerHolds, world.lotHolds]) map.clear();
    world.heldInside.clear();
    for (const hold of holds) world.addHold(hold);
    return step();
  }

  /** What is in which container and shipment, as the rules look it up. */
  private index(): void {
    const { world } = this;
    world.children.clear();
    world.shipmentUnits.clear();
    for (const sscc of world.containers.keys()) world.children.set(sscc, { items: [], containers: [] });
    for (const id of world.shipments.keys()) world.shipmentUnits.set(id, { items: [], containers: [] });
    for (const item of world.items.values()) {
      if (item.parent !== null) world.children.get(item.parent)?.items.push(item);
      if (item.shipment !== null) world.shipmentUnits.get(item.shipment)?.items.push(item);
    }
    for (const container of world.containers.values()) {
      if (container.parent !== null) world.children.get(container.parent)?.containers.push(container);
      if (container.shipment !== null) world.shipmentUnits.get(container.shipment)?.containers.push(container);
    }
  }
}

/** A reading that is about some EPCs only; undefined where it says nothing of them. */
function restricted(reading: ForeignReading, epcs: ReadonlySet<string>, world: World): ForeignReading | undefined {
  const keep = (epc: string): boolean => epcs.has(epc);
  const named = only(reading.named, keep);
  const outputs = only(reading.outputs, keep);
  const missing = only(reading.missing, keep);
  const { parent } = reading;
  const namesParent = parent?.sscc != null && epcs.has(parent.epc);
  if (!isNothing(named) || !isNothing(outputs)) return { ...reading, named, outputs, missing };
  if (!namesParent) return undefined;
  const all = epcsNamed(reading.named).length === 0;
  if (reading.step === 'unpacking') return all ? reading : undefined;
  // Its contents are not looked at, but it comes to be.
  const makes = reading.step === 'packing' && !world.containers.has(parent.sscc!);
  const container = { ...NOTHING_NAMED, containers: [parent.sscc!] };
  return makes ? { ...reading, step: 'commissioning', named: container } : undefined;
}
