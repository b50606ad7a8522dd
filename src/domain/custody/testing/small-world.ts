import { checkDigit } from '../../gs1/check-digit.js';
import type { Act, Decision, ForeignReference, Repeated } from '../act.js';
import { decide, type Command } from '../decide.js';
import { pendingRef, World, type OrganisationRole } from '../world.js';

/** One site each of a small network; two of the manufacturer and two clinics. The organisation and its role go with it. */
export const SITES = {
  factory: { id: 1, gln: '9506000100012', organisationId: 1 },
  warehouse: { id: 2, gln: '9506000100029', organisationId: 1 },
  depot: { id: 3, gln: '9506000200019', organisationId: 2 },
  clinic: { id: 4, gln: '9506000300016', organisationId: 3 },
  hospital: { id: 5, gln: '9506000400013', organisationId: 4 },
  authority: { id: 6, gln: '9506000500010', organisationId: 5 },
  auditor: { id: 7, gln: '9506000600017', organisationId: 6 },
  rival: { id: 8, gln: '9506000700014', organisationId: 7 },
} as const;

export type SiteName = keyof typeof SITES;
export const SITE_NAMES = Object.keys(SITES) as SiteName[];

export const GTIN = '09506000134352';
export const PACK_SIZE = 4;

const withCheckDigit = (body: string): string => body + checkDigit(body);

const ROLES: Readonly<Record<number, OrganisationRole>> = {
  1: 'manufacturer',
  2: 'distributor',
  3: 'clinic',
  4: 'clinic',
  5: 'regulator',
  6: 'auditor',
  7: 'manufacturer',
};

/** GTINs are the first manufacturer's; an SSCC is the distributor's where its extension digit is 2. */
export const reference: ForeignReference = {
  organisation: (id) => (ROLES[id] ? { id, gln: withCheckDigit(`95060009000${id}`), role: ROLES[id] } : undefined),
  site: (id) => Object.values(SITES).find((site) => site.id === id),
  ownerOfGtin: (gtin) => (gtin === GTIN ? 1 : undefined),
  ownerOfSscc: (sscc) => (sscc.startsWith('2') ? 2 : 1),
  packSize: (gtin) => (gtin === GTIN ? PACK_SIZE : undefined),
  siteByGln: (gln) => Object.values(SITES).find((site) => site.gln === gln),
  organisationByGln: (gln) =>
    Object.keys(ROLES)
      .map((id) => reference.organisation(Number(id))!)
      .find((each) => each.gln === gln),
  homeOf: (organisation) => Object.values(SITES).find(({ organisationId }) => organisationId === organisation)?.id,
};

export const roleAt = (site: SiteName): OrganisationRole => ROLES[SITES[site].organisationId]!;

export function actAt(site: SiteName, eventTime = '2026-11-22T10:00:00.000+03:00', recordTime?: string): Act {
  return {
    organisation: SITES[site].organisationId,
    role: roleAt(site),
    site: SITES[site].id,
    eventTime,
    recordTime: recordTime ?? '2026-11-22T08:00:00.000Z',
  };
}

/** A world in memory, with what the write path does around each decision: ordinals, and earlier events to look up. */
export class SmallWorld {
  readonly world = new World();
  private ordinal = 0;

  addLot(number: string, quantity = 1000, expiry = '2028-01-31'): number {
    const id = this.world.lots.size + 1;
    this.world.lots.set(id, { id, gtin: GTIN, number, expiry, quantity, commissioned: 0 });
    return id;
  }

  /** Decides, and makes what was decided known to later steps. Throws what the step throws. */
  take(command: Command, act: Act): Decision | Repeated {
    if (command.step === 'packing' && !this.world.children.has(command.sscc)) {
      this.world.children.set(command.sscc, { items: [], containers: [] });
    }
    const { ordinal, world } = this;
    const shipped = world.newShipments.length;
    const decision = decide(world, command, act, reference, ordinal);
    if ('repeatOf' in decision) return decision;
    this.ordinal += 1;
    const units = decision.event['halisi:units'] as number | undefined;
    const eventTime = Date.parse(act.eventTime);
    world.events.set(pendingRef(ordinal), {
      eventId: `event-${ordinal}`,
      eventTime,
      ...(units !== undefined && { units }),
    });
    for (const shipment of world.newShipments.slice(shipped)) {
      world.shipments.set(shipment.id, { ...shipment, eventId: `event-${ordinal}` });
      world.shipmentUnits.set(shipment.id, {
        items: [...world.items.values()].filter((item) => item.shipment === shipment.id),
        containers: [...world.containers.values()].filter((container) => container.shipment === shipment.id),
      });
    }
    return decision;
  }

  /** The reference of the event decided last. */
  get lastEvent(): number {
    return pendingRef(this.ordinal - 1);
  }

  commission(lot: string, serials: readonly string[], site: SiteName = 'factory'): Decision | Repeated {
    return this.take({ step: 'commissioning', gtin: GTIN, lot, serials }, actAt(site));
  }

  pack(sscc: string, serials: readonly string[], containers: readonly string[] = [], site: SiteName = 'factory') {
    return this.take({ step: 'packing', sscc, minted: false, packs: packsOf(serials), containers }, actAt(site));
  }

  ship(serials: readonly string[], containers: readonly string[], from: SiteName, to: SiteName): number {
    const documents = { purchaseOrder: null, despatchAdvice: null };
    this.take(
      { step: 'shipping', packs: packsOf(serials), containers, toSite: SITES[to].id, ...documents },
      actAt(from),
    );
    return this.lastEvent;
  }

  receive(shipment: number, site: SiteName) {
    return this.take({ step: 'receiving', shipment, missing: nothing, excess: nothing }, actAt(site));
  }

  /** Commissions packs and brings them to a site of a partner. */
  bring(lot: string, serials: readonly string[], to: SiteName): void {
    this.commission(lot, serials);
    this.receive(this.ship(serials, [], 'factory', to), to);
  }
}

export const nothing = { packs: [], containers: [] } as const;
export const packsOf = (serials: readonly string[]) => serials.map((serial) => ({ gtin: GTIN, serial }));
/** A container's number; it is the manufacturer's for an even index, the distributor's for an odd one. */
export const ssccOf = (index: number): string => withCheckDigit(`${1 + (index % 2)}${String(index).padStart(16, '0')}`);
