import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import type { Actor } from '../../access/actor.js';
import { eventView } from '../../access/policy.js';
import type { CapturedEvent } from '../../capture/captured-event.model.js';
import { EventPositions } from '../../capture/event-positions.service.js';
import { eventIdAt } from '../../capture/erased-event.js';
import { parseEpc, sgtinUri, ssccUri } from '../../domain/gs1/epc.js';
import { encodeCursor, pageOf, type Page } from '../../platform/graphql/pagination.js';
import { seenEvent, subjectOf, type Asker } from '../events/events.service.js';
import { EventsStore } from '../events/events.store.js';
import { Names } from '../names.service.js';
import { OwnSites } from '../own-sites.service.js';
import type { DirectionOfShipment, Shipment, ShipmentUnit, StateOfShipment } from './shipments.model.js';
import { ShipmentsStore, type ShipmentRow, type UnitRow } from './shipments.store.js';

export interface ShipmentQuery {
  readonly direction: DirectionOfShipment;
  readonly state: StateOfShipment;
  readonly site: string | null;
}

/** Shipments for their sender, their consignee and the regulator. */
@Injectable()
export class ShipmentsService {
  constructor(
    private readonly store: ShipmentsStore,
    private readonly events: EventsStore,
    private readonly positions: EventPositions,
    private readonly names: Names,
    private readonly sites: OwnSites,
    private readonly accessTrail: AccessTrail,
  ) {}

  /** The newest first; a regulator who names no site sees everybody's, whatever their direction. */
  async page(asker: Asker, query: ShipmentQuery, before: number | undefined, first: number): Promise<Page<Shipment>> {
    const { direction, state, site } = query;
    const { actor } = asker;
    const from = before ?? Number.MAX_SAFE_INTEGER;
    const everybodys = actor.organisationRole === 'regulator' && site === null;
    const rows = everybodys
      ? await this.store.ofAll(state, from, first + 1)
      : await this.store.ofSites(await this.sites.ids(actor, site), direction, state, from, first + 1);
    const { nodes, pageInfo } = pageOf(
      rows,
      first,
      ({ position }) => encodeCursor(position),
      (row) => row,
    );
    const shipments = await Promise.all(nodes.map((row) => this.model(row)));
    await this.record(asker, shipments, 'Query.shipments', 'shipments');
    return { nodes: shipments, pageInfo };
  }

  /** One shipment; null where there is none that the asker may see. `operation` names the read in the access trail. */
  async shipment(asker: Asker, eventID: string, operation = 'Query.shipment'): Promise<Shipment | null> {
    const position = await this.positions.ofEventId(eventID);
    const [row] = position === undefined ? [] : await this.store.at([position]);
    const shipment = row && (await this.model(row));
    if (!shipment || !maySee(asker.actor, shipment)) return null;
    await this.record(asker, [shipment], operation, subjectOf(shipment));
    return shipment;
  }

  /** The shipments, of those made at some positions, that go to one of the sites. */
  async arriving(sites: ReadonlySet<number> | 'all', positions: readonly number[]): Promise<Shipment[]> {
    const rows = await this.store.at(positions);
    return Promise.all(rows.filter(({ toSite }) => sites === 'all' || sites.has(toSite)).map((row) => this.model(row)));
  }

  /** The shipping event, with its documents. Whoever sees the shipment is its party. */
  async event(actor: Actor, shipment: Shipment): Promise<CapturedEvent> {
    const stored = await this.events.at(shipment.position, actor.organisationId);
    const event = stored && seenEvent(actor, stored);
    if (!event) throw new Error(`Shipment ${shipment.position} has no event that its reader may see.`);
    return event;
  }

  /** What was shipped, in the order of the event: from one place in its list on. */
  async units(actor: Actor, shipment: Shipment, from: number, first: number): Promise<Page<ShipmentUnit>> {
    shipment.event ??= await this.event(actor, shipment);
    const shown = shipment.event.epcs.slice(from, from + first);
    const parsed = shown.map(parseEpc);
    const rows = await this.store.units(
      shipment.position,
      parsed.flatMap((epc) => (epc.kind === 'sscc' ? [epc.sscc] : [])),
      parsed.flatMap((epc) => (epc.kind === 'sgtin' ? [epc] : [])),
    );
    const found = Map.groupBy(rows, epcOfUnit);
    const next = from + shown.length;
    return {
      nodes: shown.map((epc) => unit(epc, found.get(epc))),
      pageInfo: {
        hasNextPage: next < shipment.event.epcs.length,
        endCursor: shown.length === 0 ? null : encodeCursor(next),
      },
    };
  }

  private async model(row: ShipmentRow): Promise<Shipment> {
    const [from, to] = await Promise.all([this.names.site(row.fromSite), this.names.site(row.toSite)]);
    const { position, packs, shippedAt, receivedAt, receivedIn, purchaseOrder, despatchAdvice } = row;
    const eventID = eventIdAt(position, row.hash, row.eventId);
    return { eventID, position, from, to, packs, shippedAt, receivedAt, receivedIn, purchaseOrder, despatchAdvice };
  }

  private record(asker: Asker, shipments: readonly Shipment[], operation: string, subject: string): Promise<void> {
    const ownerIds = shipments.map(({ from }) => from.organisationId);
    return this.accessTrail.record({ ...asker, ownerIds, operation, subject });
  }
}

/** A shipment is as visible as its event in full: its documents are commercial. */
const maySee = (actor: Actor, { from, to }: Shipment): boolean =>
  eventView(actor, { capturedBy: from.organisationId, parties: [to.organisationId] }) === 'full';

const epcOfUnit = ({ sscc, packGtin, serial }: UnitRow): string =>
  sscc === null ? sgtinUri(packGtin!, serial!) : ssccUri(sscc);

function unit(epc: string, lots: readonly UnitRow[] | undefined): ShipmentUnit {
  if (!lots) return { epc, onItsWay: false, packs: null, lots: null };
  return { epc, onItsWay: true, packs: lots.reduce((sum, { packs }) => sum + packs, 0), lots };
}
