import { Injectable } from '@nestjs/common';
import { trailView } from '../../../access/policy.js';
import { canonicalEpc, type Placement, placements, shippedBy } from '../../../domain/dscsa/contents.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { omit } from '../../../domain/epcis/omit.js';
import { parseEpc } from '../../../domain/gs1/epc.js';
import { EpcisProblem } from '../../epcis/rest/epcis-problem.js';
import {
  type Keyed,
  type JudgedEvent,
  type ShipmentEvent,
  ShipmentEventsStore,
  type ShippingFacts,
} from './shipment-events.store.js';

/** Packs and containers of one file. */
const MOST_THINGS = 200_000;
/** Containers within containers; a deeper one is a fault in the data. */
const MOST_LEVELS = 20;

/** Finds what a shipping event shipped, and the events that say so, cut to it. */
@Injectable()
export class ShipmentContents {
  constructor(private readonly store: ShipmentEventsStore) {}

  /**
   * The events of a shipment in the order of the log: how what it ships was made and packed, and the shipping itself. Throws
   * QueryTooLargeException.
   */
  async events(shipping: JudgedEvent): Promise<EpcisEvent[]> {
    const facts: ShippingFacts = {
      position: shipping.position,
      shipper: shipping.capturedBy,
      at: shipping.event.eventTime,
    };
    const { inside, packings } = await this.inside(shipping, facts);
    const things = [...inside.keys()].map(keyed);
    const made = await this.store.packsMade(things.filter(isPack));
    const units = things.filter(({ gtin }) => gtin === null).map(({ epc }) => epc);
    const containers = await this.store.containersMade(units, facts);
    const isShipped = (epc: string): boolean => inside.has(canonicalEpc(epc));
    const found = new Map<number, EpcisEvent>();
    for (const each of [...made, ...containers]) {
      // A repacking cannot be told without what went into it, which is not shipped.
      if (each.event.type === 'ObjectEvent') found.set(each.position, cut(each, facts, isShipped));
    }
    for (const each of packings) {
      const holds = (epc: string): boolean => inside.get(canonicalEpc(epc))?.position === each.position;
      const event = cut(each, facts, holds);
      if ('childEPCs' in event && event.childEPCs!.length > 0) found.set(each.position, event);
    }
    found.delete(shipping.position);
    const before = [...found].sort(([one], [other]) => one - other).map(([, event]) => event);
    return [...before, shipping.event];
  }

  /** Everything that is shipped, with the packing that put it where it is; undefined for what is shipped by itself. */
  private async inside({ event, without }: JudgedEvent, facts: ShippingFacts) {
    const inside = new Map<string, Placement | undefined>(
      shippedBy(event).flatMap((epc) => (without.has(epc) ? [] : [[epc, undefined]])),
    );
    const packings: JudgedEvent[] = [];
    let level = [...inside.keys()];
    for (let depth = 0; level.length > 0 && depth < MOST_LEVELS; depth++) {
      const rows = await this.store.packings(level.map(keyed), facts);
      const placed = [...placements(rows)].map(([epc, placement]) => ({ epc, ...placement }));
      refuseTooMany(inside.size + placed.length);
      const gone = new Set(
        await this.store.departed(
          placed,
          rows.map(({ position }) => position),
          facts,
        ),
      );
      const here = placed.filter(({ epc }) => !gone.has(epc) && inside.get(epc) === undefined);
      level = here.flatMap(({ epc }) => (inside.has(epc) ? [] : [epc]));
      for (const { epc, parent, position } of here) inside.set(epc, { parent, position });
      packings.push(...rows.filter(({ event }) => 'action' in event && event.action === 'ADD'));
    }
    return { inside, packings };
  }
}

function refuseTooMany(things: number): void {
  if (things <= MOST_THINGS) return;
  throw new EpcisProblem(
    'QueryTooLargeException',
    'SHIPMENT_TOO_LARGE',
    `Expected a shipment of at most ${MOST_THINGS} packs and containers; this has more.`,
    { expected: MOST_THINGS },
  );
}

function keyed(epc: string): Keyed {
  const read = parseEpc(epc);
  return read.kind === 'sgtin' ? { epc, gtin: read.gtin, serial: read.serial } : { epc, gtin: null, serial: null };
}

const isPack = (thing: Keyed): thing is Keyed & { gtin: string; serial: string } => thing.gtin !== null;

/**
 * An event as it may leave with a shipment: whole where it is the sender's own and about nothing else; otherwise only what a
 * trail shows of it, about what is shipped. What is less than the event is not called by its eventID: it refers to it.
 */
function cut(
  { event, capturedBy }: ShipmentEvent,
  { shipper }: ShippingFacts,
  concerns: (epc: string) => boolean,
): EpcisEvent {
  const view = trailView(event, concerns);
  const names = ['epcList', 'childEPCs'] as const;
  const fields = event as Readonly<Record<string, unknown>>;
  const size = (of: Readonly<Record<string, unknown>>, name: string) =>
    (of[name] as readonly unknown[] | undefined)?.length;
  const whole = names.every((name) => size(view, name) === size(fields, name));
  const quantities = Object.keys(fields).some((name) => /quantityList$/i.test(name));
  if (whole && ((capturedBy === shipper && !quantities) || Object.keys(view).length === Object.keys(fields).length)) {
    return event;
  }
  return { ...omit(view, 'eventID'), 'halisi:partOf': event.eventID } as unknown as EpcisEvent;
}
