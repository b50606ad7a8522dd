import type { Life } from '../life.js';
import type { DecommissionReason } from '../steps/decommissioning.js';
import { PACK_SIZE, roleAt, SITES, type SiteName } from './small-world.js';

/** A pack or container that carries its whole state itself, however deep it is packed. */
export interface Thing {
  readonly name: string;
  readonly lot: string | null;
  life: Life;
  holder: number;
  site: number;
  shipment: number | null;
  parent: string | null;
  left: number;
  /** Dispenses since it was whole. */
  parts: number;
  repeats: number;
  holds: { kind: string; by: number }[];
  /** Organisations that hold it under suspicion. */
  accusers: number[];
}

/** The custody rules in the slow and obvious way: whatever happens to a container is copied to everything in it. */
export class NaiveNetwork {
  readonly things = new Map<string, Thing>();
  readonly recalled = new Set<string>();
  readonly shipments = new Map<number, SiteName>();

  make(name: string, lot: string | null, site: SiteName): Thing {
    const { organisationId, id } = SITES[site];
    const fresh = { shipment: null, parent: null, left: PACK_SIZE, parts: 0, repeats: 0, holds: [], accusers: [] };
    const thing: Thing = { name, lot, life: 'active', holder: organisationId, site: id, ...fresh };
    this.things.set(name, thing);
    return thing;
  }

  /** Everything inside at any depth. */
  inside(name: string): Thing[] {
    return [...this.things.values()].filter((thing) => this.around(thing).some((outer) => outer.name === name));
  }

  around(thing: Thing): Thing[] {
    const found: Thing[] = [];
    for (let { parent } = thing; parent !== null; parent = this.things.get(parent)!.parent) {
      found.push(this.things.get(parent)!);
    }
    return found;
  }

  isBlocked(thing: Thing): boolean {
    const inside = this.inside(thing.name);
    const held = [thing, ...this.around(thing), ...inside].some(({ holds }) => holds.length > 0);
    return held || [thing, ...inside].some(({ lot }) => lot !== null && this.recalled.has(lot));
  }

  /** Whether the things are named once each, are here in the hands of whoever asks, and may move. */
  mayMove(names: readonly string[], site: SiteName, lives: readonly Life[] = ['active']): boolean {
    const all = names.map((name) => this.things.get(name));
    return (
      isSet(names) &&
      all.every((thing) => thing && this.isHere(thing, site, lives) && !this.isBlocked(thing)) &&
      isTrade(site)
    );
  }

  isHere(thing: Thing, site: SiteName, lives: readonly Life[] = ['active']): boolean {
    return thing.holder === SITES[site].organisationId && thing.site === SITES[site].id && lives.includes(thing.life);
  }

  mayPack(sscc: string, names: readonly string[], site: SiteName): boolean {
    const into = this.things.get(sscc);
    const owner = sscc.startsWith('2') ? 2 : 1;
    const mayOpen = into ? this.isHere(into, site) : SITES[site].organisationId === owner;
    const outer = into ? [into, ...this.around(into)].map(({ name }) => name) : [sscc];
    const loose = names.every((name) => this.things.get(name)?.parent === null && !outer.includes(name));
    return mayOpen && loose && this.mayMove(names, site);
  }

  pack(sscc: string, names: readonly string[], site: SiteName): void {
    if (!this.things.has(sscc)) this.make(sscc, null, site);
    for (const name of names) this.things.get(name)!.parent = sscc;
  }

  mayUnpack(sscc: string, names: readonly string[], site: SiteName): boolean {
    const from = this.things.get(sscc);
    const direct = names.every((name) => this.things.get(name)?.parent === sscc);
    return isTrade(site) && from !== undefined && this.isHere(from, site) && isSet(names) && direct;
  }

  takeOut(names: readonly string[]): void {
    for (const name of names) this.things.get(name)!.parent = null;
  }

  mayShip(names: readonly string[], site: SiteName, to: SiteName): boolean {
    const loose = names.every((name) => this.things.get(name)?.parent === null);
    return loose && site !== to && isTrade(to) && this.mayMove(names, site);
  }

  ship(names: readonly string[], to: SiteName, shipment: number): void {
    this.shipments.set(shipment, to);
    for (const name of names) this.spread(name, { life: 'in_transit', shipment });
  }

  unitsOf(shipment: number): Thing[] {
    return [...this.things.values()].filter(
      (thing) => thing.shipment === shipment && thing.parent === null && thing.life === 'in_transit',
    );
  }

  mayReceive(shipment: number, site: SiteName, missing: readonly string[], excess: readonly string[]): boolean {
    const units = this.unitsOf(shipment);
    const within = new Set(units.flatMap(({ name }) => [name, ...this.inside(name).map((thing) => thing.name)]));
    const named = missing.every((name) => within.has(name)) && !excess.some((name) => within.has(name));
    const distinct = (missing.length === 0 || isSet(missing)) && (excess.length === 0 || isSet(excess));
    return this.shipments.get(shipment) === site && units.length > 0 && named && distinct;
  }

  receive(shipment: number, site: SiteName, missing: readonly string[], excess: readonly string[]): void {
    const units = this.unitsOf(shipment);
    const mismatch = { kind: 'mismatch', by: SITES[site].organisationId };
    const sender = units[0]!.holder;
    const fromSender = excess.filter((name) => this.things.get(name)!.holder === sender);
    for (const name of [...missing, ...fromSender]) this.things.get(name)!.holds.push(mismatch);
    this.takeOut(missing);
    for (const unit of units) {
      if (missing.includes(unit.name)) continue;
      const { id, organisationId } = SITES[site];
      this.spread(unit.name, { life: 'active', shipment: null, holder: organisationId, site: id });
      unit.holds = unit.holds.filter(({ kind }) => kind !== 'mismatch');
    }
  }

  mayDispense(names: readonly string[], site: SiteName): boolean {
    return roleAt(site) === 'clinic' && this.mayMove(names, site, ['active', 'partially_dispensed']);
  }

  dispense(names: readonly string[]): void {
    for (const name of names) {
      const pack = this.things.get(name)!;
      Object.assign(pack, { life: 'dispensed', parent: null, parts: pack.parts + 1, left: 0 });
    }
  }

  partDispense(name: string, units: number): void {
    const pack = this.things.get(name)!;
    const left = pack.left - units;
    const life = left === 0 ? 'dispensed' : 'partially_dispensed';
    Object.assign(pack, { life, parent: null, parts: pack.parts + 1, left });
  }

  mayUndo(names: readonly string[], site: SiteName): boolean {
    const whole = names.every((name) => this.things.get(name)?.parts === 1);
    return roleAt(site) === 'clinic' && whole && this.mayMove(names, site, ['dispensed', 'partially_dispensed']);
  }

  undo(names: readonly string[]): void {
    for (const name of names) {
      Object.assign(this.things.get(name)!, { life: 'active', parts: 0, left: PACK_SIZE, repeats: 0 });
    }
  }

  mayDecommission(names: readonly string[], site: SiteName, reason: DecommissionReason): boolean {
    const rule = DECOMMISSIONING[reason];
    const role = roleAt(site);
    if (!isSet(names) || !(isTrade(site) || (role === 'regulator' && rule.regulator))) return false;
    return names.every((name) => {
      const thing = this.things.get(name);
      if (!thing || !rule.lives.includes(thing.life)) return false;
      if (thing.holder === SITES[site].organisationId) {
        return thing.site === SITES[site].id && !(reason === 'exported' && this.isBlocked(thing));
      }
      return role === 'regulator' || (rule.owner && thing.lot !== null && SITES[site].organisationId === 1);
    });
  }

  decommission(names: readonly string[], reason: DecommissionReason): void {
    this.takeOut(names);
    for (const name of names) this.spread(name, { life: reason, shipment: null });
  }

  maySuspect(name: string, site: SiteName): boolean {
    const pack = this.things.get(name);
    return pack !== undefined && !pack.accusers.includes(SITES[site].organisationId);
  }

  suspect(name: string, site: SiteName): void {
    const pack = this.things.get(name)!;
    pack.holds.push({ kind: 'suspect', by: SITES[site].organisationId });
    pack.accusers.push(SITES[site].organisationId);
  }

  private mayLift(kind: string, by: number, site: SiteName): boolean {
    if (site === 'factory' || roleAt(site) === 'regulator') return true;
    return by === SITES[site].organisationId && (kind === 'suspect' || kind === 'mismatch');
  }

  mayRelease(name: string, site: SiteName): boolean {
    return this.things.get(name)?.holds.some(({ kind, by }) => this.mayLift(kind, by, site)) ?? false;
  }

  release(name: string, site: SiteName): void {
    const thing = this.things.get(name)!;
    thing.holds = thing.holds.filter(({ kind, by }) => !this.mayLift(kind, by, site));
    thing.accusers = thing.accusers.filter((by) =>
      thing.holds.some((hold) => hold.kind === 'suspect' && hold.by === by),
    );
  }

  private spread(name: string, state: Partial<Thing>): void {
    for (const thing of [this.things.get(name)!, ...this.inside(name)]) Object.assign(thing, state);
  }
}

const DECOMMISSIONING: Record<DecommissionReason, { lives: Life[]; regulator: boolean; owner: boolean }> = {
  destroyed: { lives: ['active', 'partially_dispensed', 'damaged'], regulator: false, owner: false },
  sampled: { lives: ['active'], regulator: true, owner: false },
  exported: { lives: ['active'], regulator: false, owner: false },
  stolen: {
    lives: ['active', 'in_transit', 'partially_dispensed', 'damaged', 'lost'],
    regulator: true,
    owner: true,
  },
  lost: { lives: ['active', 'in_transit', 'partially_dispensed', 'damaged'], regulator: false, owner: false },
  damaged: { lives: ['active', 'partially_dispensed'], regulator: false, owner: false },
};

const isTrade = (site: SiteName): boolean => ['manufacturer', 'distributor', 'clinic'].includes(roleAt(site));
const isSet = (names: readonly string[]): boolean => names.length > 0 && new Set(names).size === names.length;
