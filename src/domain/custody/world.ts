import type { Hold } from './holds.js';
import type { Life } from './life.js';

/** Role of an organisation; what it is licensed for. */
export type OrganisationRole = 'manufacturer' | 'distributor' | 'clinic' | 'regulator' | 'auditor';

/**
 * Position of an event, or, while the event is only decided, -(its ordinal in the group) - 1.
 * `resolvePosition` turns the second into the first once the log has given out the positions.
 */
export type EventRef = number;
export const pendingRef = (ordinal: number): EventRef => -ordinal - 1;
export const resolvePosition = (ref: EventRef, firstPosition: number): number =>
  ref < 0 ? firstPosition - ref - 1 : ref;

/** One pack. Where `parent` is set, life, holder, site and shipment are those of its outermost container. */
export interface ItemState {
  readonly gtin: string;
  readonly serial: string;
  readonly lotId: number;
  readonly commissionedIn: EventRef;
  changedIn: EventRef;
  life: Life;
  parent: string | null;
  holder: number | null;
  site: number | null;
  shipment: EventRef | null;
  /** Units left after the last part-dispense that left any; null before the first. */
  remaining: number | null;
  /** How often it was dispensed again at the site that had dispensed it. */
  repeats: number;
}

/** One case, pallet or other logistic unit. The same rule of inheritance holds for a container in a container. */
export interface ContainerState {
  readonly sscc: string;
  readonly createdIn: EventRef;
  changedIn: EventRef;
  life: Life;
  parent: string | null;
  holder: number | null;
  site: number | null;
  shipment: EventRef | null;
  /** Packs inside at any depth, by lot. */
  readonly lots: Map<number, number>;
}

export interface LotState {
  readonly id: number;
  readonly gtin: string;
  readonly number: string;
  /** Last day of use, `YYYY-MM-DD`. */
  readonly expiry: string;
  readonly quantity: number;
  /** Known from events of its maker alone, which did not say how large it is to be. */
  readonly open?: boolean;
  commissioned: number;
}

export interface ShipmentState {
  readonly id: EventRef;
  readonly eventId: string;
  readonly fromSite: number;
  readonly toSite: number;
  readonly shippedAt: string;
  readonly purchaseOrder: string | null;
  readonly despatchAdvice: string | null;
  packs: number;
  receivedIn: EventRef | null;
}

/** What the event table says of an earlier event that a decision depends on. */
export interface EarlierEvent {
  readonly eventId: string;
  /** Milliseconds since 1970. */
  readonly eventTime: number;
  /** Units handed out, where it dispensed part of a pack. */
  readonly units?: number;
}

/** A pack or container under a hold, somewhere inside the container that is about to move. */
export interface HeldInside {
  readonly epc: string;
  readonly hold: Hold;
}

export const itemKey = (gtin: string, serial: string): string => gtin + serial;

/**
 * The locked state of everything that a group of events touches, and what the decisions made of it.
 * Decisions change it in place, each after all of its checks; the write path stores what is marked as changed.
 */
export class World {
  readonly items = new Map<string, ItemState>();
  readonly containers = new Map<string, ContainerState>();
  readonly lots = new Map<number, LotState>();
  readonly shipments = new Map<EventRef, ShipmentState>();
  readonly events = new Map<number, EarlierEvent>();
  readonly itemHolds = new Map<string, Hold[]>();
  readonly lotHolds = new Map<number, Hold[]>();
  readonly containerHolds = new Map<string, Hold[]>();
  /** By a container around what is held, for containers that a step moves. */
  readonly heldInside = new Map<string, HeldInside[]>();
  /** Packs and containers on their way, by shipment; and those directly inside a container that is unpacked whole. */
  readonly shipmentUnits = new Map<EventRef, { items: ItemState[]; containers: ContainerState[] }>();
  readonly children = new Map<string, { items: ItemState[]; containers: ContainerState[] }>();

  /** What an event that is taken back had brought into the world. */
  readonly removedItems = new Set<ItemState>();
  readonly removedContainers = new Set<ContainerState>();
  readonly removedShipments = new Set<ShipmentState>();
  /** Shipments of which more was decided than before, by how much. */
  readonly grownShipments = new Map<ShipmentState, number>();
  readonly newItems: ItemState[] = [];
  readonly changedItems = new Set<ItemState>();
  readonly newContainers = new Set<ContainerState>();
  readonly changedContainers = new Set<ContainerState>();
  /** Containers whose counts of packs by lot changed. */
  readonly changedContents = new Set<ContainerState>();
  readonly newShipments: ShipmentState[] = [];
  readonly receivedShipments = new Set<ShipmentState>();
  readonly newHolds: Hold[] = [];
  readonly liftedHolds: { hold: Hold; liftedIn: EventRef; liftedBy: number; at: string; reason: string }[] = [];
  readonly liftRequests: { hold: Hold; requestedIn: EventRef }[] = [];
  /** Packs commissioned in this group, by lot. */
  readonly lotProgress = new Map<number, number>();
  /** Change of the number of packs, by `lot/site/life`. */
  readonly stock = new Map<string, { lotId: number; site: number; life: Life; packs: number }>();

  item(gtin: string, serial: string): ItemState | undefined {
    return this.items.get(itemKey(gtin, serial));
  }

  lotByNumber(gtin: string, number: string): LotState | undefined {
    for (const lot of this.lots.values()) if (lot.gtin === gtin && lot.number === number) return lot;
    return undefined;
  }

  addHold(hold: Hold): void {
    if (hold.item) push(this.itemHolds, itemKey(hold.item.gtin, hold.item.serial), hold);
    else if (hold.sscc) push(this.containerHolds, hold.sscc, hold);
    else if (hold.lotId !== null) push(this.lotHolds, hold.lotId, hold);
  }

  /** Whether a stored hold is here, or was and is lifted. */
  knowsHold({ id }: Hold): boolean {
    const maps = [this.itemHolds, this.containerHolds, this.lotHolds];
    const isIt = (hold: Hold): boolean => hold.id === id;
    return (
      this.liftedHolds.some(({ hold }) => isIt(hold)) ||
      maps.some((map) => [...map.values()].some((holds) => holds.some(isIt)))
    );
  }

  removeHold(hold: Hold): void {
    const lists = [
      hold.item && this.itemHolds.get(itemKey(hold.item.gtin, hold.item.serial)),
      hold.sscc !== null && this.containerHolds.get(hold.sscc),
      hold.lotId !== null && this.lotHolds.get(hold.lotId),
    ];
    for (const list of lists) if (list && list.includes(hold)) list.splice(list.indexOf(hold), 1);
  }

  moveStock(lotId: number, site: number, life: Life, packs: number): void {
    const key = `${lotId}/${site}/${life}`;
    const row = this.stock.get(key);
    if (row) row.packs += packs;
    else this.stock.set(key, { lotId, site, life, packs });
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
