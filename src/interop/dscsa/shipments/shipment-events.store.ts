import { Injectable } from '@nestjs/common';
import { epcIndexKey } from '../../../capture/seal.js';
import { MENTION_ROLES } from '../../../domain/custody/act.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { BUSINESS_STEPS } from '../../../domain/epcis/vocabulary.js';
import { Database, type Row } from '../../../platform/database/database.js';

/** A stored event that is not erased. */
export interface ShipmentEvent {
  readonly position: number;
  readonly capturedBy: number;
  readonly event: EpcisEvent;
}

/** An event with the EPCs that it did nothing for. */
export interface JudgedEvent extends ShipmentEvent {
  readonly without: ReadonlySet<string>;
}

/** A shipping event, as what came before it is measured by. */
export interface ShippingFacts {
  readonly position: number;
  readonly shipper: number;
  /** ISO 8601. */
  readonly at: string;
}

interface EventRow extends Row {
  readonly position: number;
  readonly capturedBy: number;
  readonly body: string;
}

interface JudgedRow extends EventRow {
  readonly without: readonly string[] | null;
}

const role = (name: (typeof MENTION_ROLES)[number]): number => MENTION_ROLES.indexOf(name);
const steps = (...names: readonly (typeof BUSINESS_STEPS)[number][]): string =>
  names.map((name) => BUSINESS_STEPS.indexOf(name)).join(', ');

/** Steps that take a pack out of its container. */
const LEAVING = steps('decommissioning', 'destroying', 'dispensing', 'repackaging', 'retail_selling', 'sampling');

/** Happened before the shipping `$p` at `$t`: stored before, or told later by another system. Not what was taken back. */
const before = (position: string, time: string): string => `
  (e.position < ${position} or e.event_time <= ${time}::timestamptz
    and exists (select from foreign_event f where f.position = e.position and f.declares is null))
  and not exists (select from foreign_event f where f.position = e.position and f.declares is not null)
  and not exists (select from foreign_event d where d.declares = e.position and d.outcome = 'undone')`;

/**
 * A gap `g` of an event `e` that does not touch what was packed: custody knows no case with a serial number as a container,
 * and stops what is blocked. That counts only as the word of whoever made the thing: nobody ships what is another's by saying so.
 */
const HARMLESS = `
  g.code in ('PARENT_NO_CONTAINER', 'EXPIRED', 'RECALLED', 'BLOCKED') and e.captured_by = (
    select made.captured_by from event made where made.position = coalesce(
      (select i.commissioned_in from item i where i.gtin = g.gtin and i.serial = g.serial),
      (select c.created_in from container c where c.sscc = g.sscc)))`;

/** The EPCs for which an event `e` did nothing. */
const WITHOUT = `(select array_agg(g.epc) from event_gap g
  where g.position = e.position and g.resolved_in is null and not (${HARMLESS})) as without`;

const ONE = `select e.position, e.captured_by as "capturedBy", e.body, ${WITHOUT} from event e
  where e.position = $1 and e.body is not null`;

/** What is in a case with a serial number is for the sender and for whoever made the case to say. */
const PACKINGS = `
  select distinct on (e.position) e.position, e.captured_by as "capturedBy", e.body, ${WITHOUT}
  from unnest($1::bigint[], $3::bigint[], $4::text[]) as k (key, gtin, serial)
  join epc_event x on x.epc = k.key and x.role = ${role('parent')}
  join event e on e.position = x.position and e.body is not null
  where ${before('$5', '$6')} and (k.gtin is null or e.captured_by = $2 or e.captured_by = (
    select made.captured_by from item i join event made on made.position = i.commissioned_in
    where i.gtin = k.gtin and i.serial = k.serial))
  order by e.position`;

/** Of packs and containers that were packed at some position, those that came out before the shipping some other way. */
const DEPARTED = `
  select distinct k.nth::int as nth
  from unnest($1::bigint[], $2::text[], $3::bigint[]) with ordinality as k (key, epc, since, nth)
  join epc_event x on x.epc = k.key and x.position > k.since and x.role in (${role('child')}, ${role('missing')}, ${role('epc')})
  join event e on e.position = x.position
  where ${before('$5', '$6')} and not x.position = any($4::bigint[])
    and (x.role = ${role('missing')} or x.role = ${role('epc')} and e.step in (${LEAVING})
      or x.role = ${role('child')} and e.body is not null and e.body::json->>'action' in ('ADD', 'DELETE'))
    and not exists (select from event_gap g where g.position = e.position and g.epc = k.epc and g.resolved_in is null
      and not (${HARMLESS}))`;

const PACKS_MADE = `
  select e.position, e.captured_by as "capturedBy", e.body from event e
  where e.body is not null and e.position in (
    select i.commissioned_in from unnest($1::bigint[], $2::text[]) as k (gtin, serial) join item i using (gtin, serial))
  order by e.position`;

const CONTAINERS_MADE = `
  select distinct e.position, e.captured_by as "capturedBy", e.body
  from unnest($1::bigint[], $2::text[]) as k (key, epc) join epc_event x on x.epc = k.key and x.role = ${role('epc')}
  join event e on e.position = x.position and e.step = ${steps('commissioning')} and e.body is not null
  where ${before('$3', '$4')}
    and not exists (select from event_gap g where g.position = e.position and g.epc = k.epc and g.resolved_in is null)
  order by e.position`;

const SAID_WITH = `
  select j.header from event_document d join capture_job j on j.number = d.document where d.position = $1`;

/** The events that a shipment file is made of. */
@Injectable()
export class ShipmentEventsStore {
  constructor(private readonly database: Database) {}

  /** An event, or undefined where it is erased. */
  async one(position: number): Promise<JudgedEvent | undefined> {
    const [row] = await this.database.query<JudgedRow>('dscsa-event', ONE, [position]);
    return row && judged(row);
  }

  /** Packings and unpackings of these packs and containers (canonical) before a shipping. */
  async packings(parents: readonly Keyed[], { position, shipper, at }: ShippingFacts): Promise<JudgedEvent[]> {
    const rows = await this.database.query<JudgedRow>('dscsa-packings', PACKINGS, [
      parents.map(({ epc }) => epcIndexKey(epc)),
      shipper,
      parents.map(({ gtin }) => gtin),
      parents.map(({ serial }) => serial),
      position,
      at,
    ]);
    return rows.map(judged);
  }

  /** Those of `packed` that were in nothing any more, or in something else, by events beside `known`. */
  async departed(
    packed: readonly { readonly epc: string; readonly position: number }[],
    known: readonly number[],
    { position, at }: ShippingFacts,
  ): Promise<string[]> {
    const rows = await this.database.query<{ nth: number }>('dscsa-departed', DEPARTED, [
      packed.map(({ epc }) => epcIndexKey(epc)),
      packed.map(({ epc }) => epc),
      packed.map((each) => each.position),
      known,
      position,
      at,
    ]);
    return rows.map(({ nth }) => packed[nth - 1]!.epc);
  }

  /** The events that commissioned packs. */
  async packsMade(packs: readonly { readonly gtin: string; readonly serial: string }[]): Promise<ShipmentEvent[]> {
    const values = [packs.map(({ gtin }) => gtin), packs.map(({ serial }) => serial)];
    return (await this.database.query<EventRow>('dscsa-packs-made', PACKS_MADE, values)).map(eventOf);
  }

  /** The events that commissioned containers, where anybody told. */
  async containersMade(epcs: readonly string[], { position, at }: ShippingFacts): Promise<ShipmentEvent[]> {
    const values = [epcs.map(epcIndexKey), epcs, position, at];
    return (await this.database.query<EventRow>('dscsa-containers-made', CONTAINERS_MADE, values)).map(eventOf);
  }

  /** The header of the document in which an event came, as JSON; undefined for our own events. */
  async saidWith(position: number): Promise<string | undefined> {
    const [row] = await this.database.query<{ header: string }>('dscsa-said-with', SAID_WITH, [position]);
    return row?.header;
  }
}

/** A canonical EPC; with its key where it is a pack. */
export interface Keyed {
  readonly epc: string;
  readonly gtin: string | null;
  readonly serial: string | null;
}

const eventOf = ({ position, capturedBy, body }: EventRow): ShipmentEvent => ({
  position,
  capturedBy,
  event: JSON.parse(body) as EpcisEvent,
});

const judged = (row: JudgedRow): JudgedEvent => ({ ...eventOf(row), without: new Set(row.without) });
