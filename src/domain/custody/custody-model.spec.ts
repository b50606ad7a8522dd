import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { outermost } from './aggregation.js';
import type { Command } from './decide.js';
import { validateEvent } from '../epcis/validate-event.js';
import { StepRefusedError } from './refusal.js';
import { DECOMMISSION_REASONS, type DecommissionReason } from './steps/decommissioning.js';
import { NaiveNetwork } from './testing/naive-network.js';
import { actAt, GTIN, packsOf, SITES, SmallWorld, ssccOf, type SiteName } from './testing/small-world.js';

const RUNS = Number(process.env['CUSTODY_RUNS'] ?? 150);
const LOTS = ['A', 'B'];
const MOVERS: SiteName[] = ['factory', 'warehouse', 'depot', 'clinic', 'hospital'];
const site = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...MOVERS) },
  { weight: 1, arbitrary: fc.constantFrom<SiteName>('authority', 'auditor') },
);
const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
const apt = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const pick = fc.nat(40);
const few = fc.oneof(
  { weight: 5, arbitrary: fc.constant<number[]>([]) },
  { weight: 1, arbitrary: fc.array(pick, { maxLength: 2 }) },
);

const operation = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('commission' as const),
      lot: fc.constantFrom(...LOTS),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pack' as const),
      site,
      sscc: fc.nat(7),
      packs: picks,
      containers: fc.array(fc.nat(7), { maxLength: 2 }),
      apt,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('unpack' as const),
      site,
      sscc: fc.nat(7),
      all: fc.boolean(),
      picks,
      apt,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ship' as const),
      site,
      to: site,
      packs: picks,
      containers: fc.array(fc.nat(7), { maxLength: 2 }),
      apt,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      site,
      shipment: fc.nat(20),
      missing: few,
      excess: few,
      apt,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('dispense' as const), site, packs: picks, apt }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('part' as const),
      site,
      pack: pick,
      units: fc.integer({ min: 0, max: 5 }),
      apt,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), site, packs: picks, apt }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('decommission' as const),
      site,
      reason: fc.constantFrom(...(Object.keys(DECOMMISSION_REASONS) as DecommissionReason[])),
      packs: picks,
      containers: fc.array(fc.nat(7), { maxLength: 2 }),
      apt,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('recall' as const), lot: fc.constantFrom(...LOTS), lift: apt }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('suspect' as const), site, pack: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      pack: pick,
      site: fc.constantFrom<SiteName>('factory', 'authority', 'depot'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), site, pack: pick }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** What an operation asks of the world, whether the naive rules allow it, and what they make of it. */
interface Plan {
  readonly command: Command;
  readonly site: SiteName;
  readonly allowed: boolean;
  readonly apply: () => void;
}

class Runner {
  readonly small = new SmallWorld();
  readonly naive = new NaiveNetwork();
  readonly serials: string[] = [];
  accepted = 0;
  readonly kinds = new Map<string, number>();

  constructor() {
    for (const lot of LOTS) this.small.addLot(lot, 60);
  }

  run(operation: Operation): void {
    const plan = this.plan(operation);
    if (plan === undefined) return;
    const before = structuredClone({ ...this.small.world });
    let refusal: StepRefusedError | undefined;
    try {
      const decision = this.small.take(plan.command, actAt(plan.site));
      if ('event' in decision) {
        const problems = validateEvent(decision.event);
        if (!problems.valid) throw new Error(`The event is invalid: ${JSON.stringify(problems)}`);
      }
    } catch (error) {
      if (!(error instanceof StepRefusedError)) throw error;
      refusal = error;
    }
    const asked = JSON.stringify(plan.command);
    if (plan.allowed !== (refusal === undefined)) {
      throw new Error(`${plan.allowed ? 'Expected' : 'Did not expect'} ${asked} at ${plan.site}: ${refusal?.message}`);
    }
    if (refusal !== undefined) this.checkRefusal(refusal, before, asked);
    else {
      this.accepted += 1;
      this.kinds.set(operation.kind, (this.kinds.get(operation.kind) ?? 0) + 1);
      plan.apply();
    }
    this.checkState(asked);
  }

  private checkRefusal({ refusals, message }: StepRefusedError, before: object, asked: string): void {
    expect(message).not.toBe('');
    for (const { epc, code } of refusals) {
      expect(epc).toMatch(/^https:\/\/id\.gs1\.org\/0[01]\//);
      expect(code).toMatch(/^[A-Z_]+$/);
    }
    // `children` of a container that was only asked for is made by the fixture, as the loader does.
    const after = { ...this.small.world };
    if (!isDeepStrictEqual(structuredClone(after), structuredClone({ ...before, children: after.children }))) {
      throw new Error(`A refusal changed the world: ${asked}`);
    }
  }

  private checkState(asked: string): void {
    const { world } = this.small;
    const stock = new Map<string, number>();
    for (const serial of this.serials) {
      const item = world.item(GTIN, serial)!;
      const outer = outermost(world, item);
      const naive = this.naive.things.get(serial)!;
      const seen = {
        life: outer.life,
        holder: outer.holder,
        site: outer.site,
        shipment: outer.shipment,
        parent: item.parent,
        repeats: item.repeats,
      };
      const { life, holder, site: at, shipment, parent, repeats } = naive;
      if (!isDeepStrictEqual(seen, { life, holder, site: at, shipment, parent, repeats })) {
        throw new Error(`Pack ${serial} after ${asked}: ${JSON.stringify(seen)}, not ${JSON.stringify(naive)}`);
      }
      const kinds = (world.itemHolds.get(GTIN + serial) ?? []).map(({ kind }) => kind);
      const expected = naive.holds.map(({ kind }) => kind);
      if (!isDeepStrictEqual(kinds, expected)) throw new Error(`Holds of ${serial} after ${asked}: ${kinds.join()}`);
      const key = `${item.lotId}/${at}/${life}`;
      stock.set(key, (stock.get(key) ?? 0) + 1);
    }
    const stored = new Map(
      [...world.stock].filter(([, { packs }]) => packs !== 0).map(([key, { packs }]) => [key, packs]),
    );
    expect(new Map([...stored].sort())).toEqual(new Map([...stock].sort()));
    for (const { sscc, lots } of world.containers.values()) {
      const inside = this.naive.inside(sscc).filter(({ lot }) => lot !== null);
      const counted = new Map<number, number>();
      for (const { lot } of inside) counted.set(LOTS.indexOf(lot!) + 1, (counted.get(LOTS.indexOf(lot!) + 1) ?? 0) + 1);
      expect(new Map([...lots].filter(([, packs]) => packs !== 0).sort())).toEqual(new Map([...counted].sort()));
    }
  }

  private serial = (index: number): string => this.serials[index % Math.max(this.serials.length, 1)] ?? 'NEVER';
  private fitting = (indexes: readonly number[], apt: boolean, fits: (name: string) => boolean): string[] => {
    const apts = apt ? this.serials.filter(fits) : this.serials;
    return apts.length === 0 ? [] : indexes.map((index) => apts[index % apts.length]!);
  };
  private fittingContainers = (indexes: readonly number[], apt: boolean, fits: (name: string) => boolean): string[] => {
    const known = [...this.naive.things.keys()].filter((name) => this.naive.things.get(name)!.lot === null);
    const apts = apt ? known.filter(fits) : [0, 1, 2, 3, 4, 5, 6, 7].map(ssccOf);
    return apts.length === 0 ? [] : [...new Set(indexes.map((index) => apts[index % apts.length]!))];
  };

  /** Where something is, for an operation that should have a chance; else where the operation says. */
  private placed(op: Operation): Operation {
    if (!('apt' in op) || !op.apt || !('site' in op)) return op;
    const things = [...this.naive.things.values()].filter(({ life }) => life !== 'in_transit');
    const fitting = ['dispense', 'part', 'undo'].includes(op.kind)
      ? things.filter((thing) => MOVERS.slice(3).some((name) => SITES[name].id === thing.site))
      : things;
    const seed = Math.abs(JSON.stringify(op).length * 7 + this.accepted);
    const thing = fitting[seed % Math.max(fitting.length, 1)];
    const name = MOVERS.find((each) => SITES[each].id === thing?.site);
    return name === undefined ? op : { ...op, site: name };
  }

  private plan(asked: Operation): Plan | undefined {
    const { naive } = this;
    const op = this.placed(asked);
    const here = (at: SiteName) => (name: string) =>
      naive.isHere(naive.things.get(name)!, at, ['active', 'partially_dispensed', 'dispensed']);
    const loose = (at: SiteName) => (name: string) => here(at)(name) && naive.things.get(name)!.parent === null;
    switch (op.kind) {
      case 'commission': {
        const serials = Array.from({ length: op.count }, (_, at) => `S${this.serials.length + at}`);
        const fits = this.small.world.lotByNumber(GTIN, op.lot)!.commissioned + op.count <= 60;
        return {
          command: { step: 'commissioning', gtin: GTIN, lot: op.lot, serials },
          site: 'factory',
          allowed: fits && !naive.recalled.has(op.lot),
          apply: () => {
            for (const serial of serials) naive.make(serial, op.lot, 'factory');
            this.serials.push(...serials);
          },
        };
      }
      case 'pack': {
        const sscc = ssccOf(op.sscc);
        const packs = [...new Set(this.fitting(op.packs, op.apt, loose(op.site)))];
        const containers = this.fittingContainers(op.containers, op.apt, loose(op.site));
        const names = [...packs, ...containers];
        return {
          command: { step: 'packing', sscc, minted: false, packs: packsOf(packs), containers },
          site: op.site,
          allowed: naive.mayPack(sscc, names, op.site),
          apply: () => naive.pack(sscc, names, op.site),
        };
      }
      case 'unpack': {
        const full = [...new Set([...naive.things.values()].flatMap(({ parent }) => parent ?? []))].filter(
          here(op.site),
        );
        const sscc = full.length > 0 && op.apt ? full[op.sscc % full.length]! : ssccOf(op.sscc);
        const direct = [...naive.things.values()].filter(({ parent }) => parent === sscc).map(({ name }) => name);
        const picked = this.fitting(op.picks, op.apt, (name) => direct.includes(name));
        const names = op.all || picked.length === 0 ? direct : picked;
        const named = op.all ? [] : picked;
        return {
          command: { step: 'unpacking', sscc, packs: packsOf(named), containers: [] },
          site: op.site,
          allowed: naive.mayUnpack(sscc, names, op.site),
          apply: () => naive.takeOut(names),
        };
      }
      case 'ship': {
        const packs = this.fitting(op.packs, op.apt, loose(op.site));
        const containers = this.fittingContainers(op.containers, op.apt, loose(op.site));
        const documents = { purchaseOrder: 'PO 1', despatchAdvice: null };
        return {
          command: { step: 'shipping', packs: packsOf(packs), containers, toSite: SITES[op.to].id, ...documents },
          site: op.site,
          allowed: naive.mayShip([...packs, ...containers], op.site, op.to),
          apply: () => naive.ship([...packs, ...containers], op.to, this.small.lastEvent),
        };
      }
      case 'receive': {
        const open = [...naive.shipments].filter(([id]) => !op.apt || naive.unitsOf(id).length > 0);
        const [shipment, to] = open[op.shipment % Math.max(open.length, 1)] ?? [];
        if (shipment === undefined || to === undefined) return undefined;
        const units = naive.unitsOf(shipment).map(({ name }) => name);
        const within = [...units, ...units.flatMap((name) => naive.inside(name).map((thing) => thing.name))];
        const all = [...naive.things.keys()];
        const choose = (indexes: readonly number[], from: readonly string[]) =>
          from.length === 0 ? [] : indexes.map((index) => from[index % from.length]!);
        const missing = choose(op.missing, op.apt ? within : all);
        const excess = choose(op.excess, op.apt ? all.filter((name) => !within.includes(name)) : all);
        const at = op.apt ? to : op.site;
        return {
          command: { step: 'receiving', shipment, missing: split(missing), excess: split(excess) },
          site: at,
          allowed: naive.mayReceive(shipment, at, missing, excess),
          apply: () => naive.receive(shipment, at, ordered(missing), ordered(excess)),
        };
      }
      case 'dispense': {
        const packs = this.fitting(op.packs, op.apt, here(op.site));
        return {
          command: { step: 'dispensing', packs: packsOf(packs) },
          site: op.site,
          allowed: naive.mayDispense(packs, op.site),
          apply: () => naive.dispense(packs),
        };
      }
      case 'part': {
        const [pack = this.serial(op.pack)] = this.fitting([op.pack], op.apt, here(op.site));
        const left = naive.things.get(pack)?.left ?? 0;
        return {
          command: { step: 'part_dispensing', pack: { gtin: GTIN, serial: pack }, units: op.units },
          site: op.site,
          allowed: naive.mayDispense([pack], op.site) && op.units >= 1 && op.units <= left,
          apply: () => naive.partDispense(pack, op.units),
        };
      }
      case 'undo': {
        const gone = (name: string) => here(op.site)(name) && naive.things.get(name)!.parts > 0;
        const packs = this.fitting(op.packs, op.apt, gone);
        return {
          command: { step: 'undo_dispensing', packs: packsOf(packs), notHandedOut: true },
          site: op.site,
          allowed: naive.mayUndo(packs, op.site),
          apply: () => naive.undo(packs),
        };
      }
      case 'decommission': {
        const packs = this.fitting(op.packs, op.apt, here(op.site));
        const containers = this.fittingContainers(op.containers, op.apt, here(op.site));
        const names = [...packs, ...containers];
        return {
          command: { step: 'decommissioning', reason: op.reason, packs: packsOf(packs), containers },
          site: op.site,
          allowed: naive.mayDecommission(names, op.site, op.reason),
          apply: () => naive.decommission(names, op.reason),
        };
      }
      case 'recall': {
        const named = { gtin: GTIN, lot: op.lot, reason: 'bad' };
        return {
          command: op.lift
            ? { step: 'lifting_recall', ...named }
            : { step: 'recalling', ...named, kind: 'recalled', recallClass: 2 },
          site: 'authority',
          allowed: naive.recalled.has(op.lot) === op.lift,
          apply: () => void (op.lift ? naive.recalled.delete(op.lot) : naive.recalled.add(op.lot)),
        };
      }
      case 'suspect': {
        const pack = this.serial(op.pack);
        return {
          command: { step: 'suspecting', pack: { gtin: GTIN, serial: pack }, reason: 'odd' },
          site: op.site,
          allowed: naive.maySuspect(pack, op.site),
          apply: () => naive.suspect(pack, op.site),
        };
      }
      case 'release': {
        const held = this.serials.filter((name) => naive.things.get(name)!.holds.length > 0);
        const pack = held[op.pack % Math.max(held.length, 1)] ?? this.serial(op.pack);
        return {
          command: { step: 'releasing', pack: { gtin: GTIN, serial: pack }, sscc: null, reason: 'looked at' },
          site: op.site,
          allowed: naive.mayRelease(pack, op.site),
          apply: () => naive.release(pack, op.site),
        };
      }
      case 'repeat': {
        const gone = this.serials.filter((name) => naive.things.get(name)!.life === 'dispensed');
        const pack = gone[op.pack % Math.max(gone.length, 1)] ?? this.serial(op.pack);
        const thing = naive.things.get(pack);
        return {
          command: { step: 'repeating', pack: { gtin: GTIN, serial: pack } },
          site: op.site,
          allowed: thing?.life === 'dispensed' && thing.parent === null,
          apply: () => {
            const same = thing!.site === SITES[op.site].id;
            if (same) thing!.repeats += 1;
            const kind = same ? 'suspect' : 'clone_suspect';
            if (thing!.holds.some((hold) => hold.kind === kind) || (same && thing!.repeats <= 2)) return;
            if (same) naive.suspect(pack, op.site);
            else thing!.holds.push({ kind, by: SITES[op.site].organisationId });
          },
        };
      }
    }
  }
}

/** Packs before containers, as a command names them. */
const ordered = (names: readonly string[]): string[] => {
  const { packs, containers } = split(names);
  return [...packs.map(({ serial }) => serial), ...containers];
};

function split(names: readonly string[]): { packs: { gtin: string; serial: string }[]; containers: string[] } {
  return {
    packs: packsOf(names.filter((name) => name.startsWith('S'))),
    containers: names.filter((name) => !name.startsWith('S')),
  };
}

describe('custody beside a naive network that copies state to every pack', () => {
  it('allows the same, refuses the same, and leaves every pack in the same state', () => {
    let accepted = 0;
    let asked = 0;
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 120, size: 'max' }), (operations) => {
        const runner = new Runner();
        for (const each of operations) runner.run(each);
        accepted += runner.accepted;
        asked += operations.length;
        for (const [kind, times] of runner.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + times);
      }),
      { numRuns: RUNS },
    );
    // A run in which hardly anything happens shows nothing.
    expect(accepted / asked).toBeGreaterThan(0.15);
    expect(kinds.size).toBe(13);
    if (process.env['CUSTODY_SHOW']) console.log(asked, kinds);
  });
});
