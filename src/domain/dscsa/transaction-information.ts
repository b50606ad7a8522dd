import { ilmdOf } from '../custody/foreign/reading.js';
import type { DocumentHeader } from '../epcis/document.js';
import type { EpcisEvent } from '../epcis/event.js';
import { toBareWord } from '../epcis/vocabulary.js';
import { gtinUri, parseEpc } from '../gs1/epc.js';
import { canonicalEpc, hasStep, objectsOf, placements, shippedBy } from './contents.js';
import { grouped } from './grouped.js';
import { type Attributes, masterDataIn, ndcOf } from './master-data.js';
import { statementIn, type TransactionStatement } from './transaction-statement.js';

/** A trading partner or a place of one, as the master data has it. */
export interface TradingParty {
  /** As the shipping event names it. */
  readonly id: string;
  readonly name: string | null;
  readonly address: {
    readonly streetAddressOne: string | null;
    readonly streetAddressTwo: string | null;
    readonly city: string | null;
    readonly state: string | null;
    readonly postalCode: string | null;
    readonly countryCode: string | null;
  };
}

/** Packs of one lot. */
export interface TransactionLine {
  readonly gtin: string;
  readonly productName: string | null;
  readonly strength: string | null;
  readonly dosageForm: string | null;
  readonly ndc: string | null;
  readonly containerSize: string | null;
  readonly numberOfContainers: number;
  readonly lot: string | null;
  /** YYYY-MM-DD. */
  readonly expiry: string | null;
  readonly serials: readonly string[];
}

/** A logistic unit or a case, with what is directly in it. */
export interface ShippedContainer {
  readonly epc: string;
  readonly in: string | null;
  readonly contains: number;
}

/** Something that the law wants and the file does not say. */
export interface MissingField {
  readonly field: string;
  /** Identifier of the product, the party or the pack. */
  readonly of: string;
  /** Where it should come from. */
  readonly from: string;
}

/** FDCA section 581(26), with the serial numbers and expiry dates of section 582. */
export interface TransactionInformation {
  readonly seller: TradingParty | null;
  readonly buyer: TradingParty | null;
  readonly shipFrom: TradingParty | null;
  readonly shipTo: TradingParty | null;
  /** YYYY-MM-DD where it left. EPCIS says no other day of the change of ownership than that of shipping. */
  readonly transactionDate: string;
  readonly shipmentDate: string;
  readonly lines: readonly TransactionLine[];
  readonly containers: readonly ShippedContainer[];
  readonly transactionStatement: TransactionStatement | null;
  readonly missing: readonly MissingField[];
}

/**
 * The transaction information of a shipment file: its header and its events. With `epc`, that of one shipped pack, or of
 * what is in one container. Undefined where the file ships nothing, or not that.
 */
export function transactionInformation(
  header: DocumentHeader,
  events: readonly EpcisEvent[],
  epc?: string,
): TransactionInformation | undefined {
  const shipping = events.find((event) => hasStep(event, 'shipping'));
  if (shipping === undefined) return undefined;
  const parents = insideOf(events, shipping);
  const asked = epc === undefined ? undefined : canonicalEpc(epc);
  if (asked !== undefined && !parents.has(asked)) return undefined;
  const shown = [...parents.keys()].filter((each) => asked === undefined || isWithin(each, asked, parents));
  const missing: MissingField[] = [];
  const masterData = masterDataIn(header);
  const party = (role: string, list: PartyList, types: readonly string[]) =>
    partyOf(role, partyNamed(shipping, list, types), masterData, missing);
  const shippedOn = localDay(shipping);
  const statement = statementIn(header);
  if (statement?.affirmed !== true) {
    missing.push({
      field: 'transactionStatement',
      of: 'document',
      from: 'gs1ushc:dscsaTransactionStatement of the header',
    });
  }
  return {
    seller: party('seller', 'sourceList', OWNERS),
    buyer: party('buyer', 'destinationList', OWNERS),
    shipFrom: party('shipFrom', 'sourceList', ['location']),
    shipTo: party('shipTo', 'destinationList', ['location']),
    transactionDate: shippedOn,
    shipmentDate: shippedOn,
    lines: linesOf(shown, parents, events, masterData, missing),
    containers: containersOf(shown, parents),
    transactionStatement: statement ?? null,
    missing,
  };
}

/** Who owns comes first; a step of ours names who has it. */
const OWNERS = ['owning_party', 'possessing_party'];
type PartyList = 'sourceList' | 'destinationList';

/** Everything shipped, each with what it is in; null for what is named by the shipping event alone. */
function insideOf(events: readonly EpcisEvent[], shipping: EpcisEvent): Map<string, string | null> {
  const packed = placements(events.map((event, position) => ({ event, position, without: new Set<string>() })));
  const children = grouped(packed, ([, { parent }]) => parent);
  const found = new Map<string, string | null>(
    shippedBy(shipping).map((each) => [each, packed.get(each)?.parent ?? null]),
  );
  // A map is walked in the order of arrival, what comes meanwhile included.
  for (const [parent] of found) {
    for (const [child] of children.get(parent) ?? []) if (!found.has(child)) found.set(child, parent);
  }
  return found;
}

function isWithin(epc: string, container: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let here: string | null = epc; here !== null && !seen.has(here); here = parents.get(here) ?? null) {
    if (here === container) return true;
    seen.add(here);
  }
  return false;
}

function linesOf(
  epcs: readonly string[],
  parents: ReadonlyMap<string, string | null>,
  events: readonly EpcisEvent[],
  masterData: (id: string) => Attributes,
  missing: MissingField[],
): TransactionLine[] {
  const full = new Set(parents.values());
  const lots = lotsOf(events);
  const packs = epcs.flatMap((epc) => {
    const read = parseEpc(epc);
    return read.kind !== 'sgtin' || full.has(epc) ? [] : [{ ...read, epc, ...(lots.get(epc) ?? UNKNOWN_LOT) }];
  });
  for (const { epc, lot, expiry } of packs) {
    if (lot === null) missing.push({ field: 'lot', of: epc, from: COMMISSIONING });
    if (expiry === null) missing.push({ field: 'expiry', of: epc, from: COMMISSIONING });
  }
  const products = new Map(
    [...new Set(packs.map(({ gtin }) => gtin))].map((gtin) => [gtin, productOf(gtin, masterData, missing)]),
  );
  const groups = grouped(packs, ({ gtin, lot, expiry }) => JSON.stringify([gtin, lot, expiry]));
  return [...groups.values()].map((group) => {
    const { gtin, lot, expiry } = group[0]!;
    return {
      gtin,
      ...products.get(gtin)!,
      numberOfContainers: group.length,
      lot,
      expiry,
      serials: group.map(({ serial }) => serial),
    };
  });
}

const UNKNOWN_LOT = { lot: null, expiry: null };
const COMMISSIONING = 'lot number and expiry date in the ilmd of its commissioning event';

function lotsOf(events: readonly EpcisEvent[]): Map<string, { lot: string | null; expiry: string | null }> {
  const found = new Map<string, { lot: string | null; expiry: string | null }>();
  for (const event of events) {
    if (event.type !== 'ObjectEvent' || event.action !== 'ADD') continue;
    const ilmd = ilmdOf(event);
    for (const epc of objectsOf(event)) found.set(epc, ilmd);
  }
  return found;
}

function productOf(gtin: string, masterData: (id: string) => Attributes, missing: MissingField[]) {
  const attributes = masterData(gtinUri(gtin));
  const wanted = (field: string, attribute: string, value = attributes.get(attribute)?.[0]): string | null => {
    if (value === undefined)
      missing.push({ field, of: gtinUri(gtin), from: `${attribute} in its EPCClass master data` });
    return value ?? null;
  };
  return {
    productName: wanted('productName', 'regulatedProductName'),
    strength: wanted('strength', 'strengthDescription'),
    dosageForm: wanted('dosageForm', 'dosageFormType'),
    ndc: wanted('ndc', 'additionalTradeItemIdentification', ndcOf(attributes)),
    containerSize: wanted('containerSize', 'netContentDescription'),
  };
}

function containersOf(epcs: readonly string[], parents: ReadonlyMap<string, string | null>): ShippedContainer[] {
  const counts = grouped(parents.values(), (parent) => parent);
  return epcs
    .filter((epc) => counts.has(epc) || parseEpc(epc).kind === 'sscc')
    .map((epc) => ({ epc, in: parents.get(epc) ?? null, contains: counts.get(epc)?.length ?? 0 }));
}

function partyNamed(event: EpcisEvent, list: PartyList, types: readonly string[]): string | undefined {
  const named = (event[list] ?? []).map((entry) => ({
    type: toBareWord('sourceDestinationType', entry.type),
    id: 'source' in entry ? entry.source : entry.destination,
  }));
  return types.map((type) => named.find((entry) => entry.type === type)?.id).find((id) => id !== undefined);
}

function partyOf(
  role: string,
  id: string | undefined,
  masterData: (id: string) => Attributes,
  missing: MissingField[],
): TradingParty | null {
  const list = role === 'seller' || role === 'shipFrom' ? 'sourceList' : 'destinationList';
  if (id === undefined) {
    missing.push({ field: role, of: 'shipping event', from: `${list} of the shipping event` });
    return null;
  }
  const attributes = masterData(id);
  const said = (name: string): string | null => attributes.get(name)?.[0] ?? null;
  const lacking = ['name', 'streetAddressOne', 'city', 'postalCode', 'countryCode'].filter(
    (name) => said(name) === null,
  );
  for (const name of lacking)
    missing.push({ field: `${role}.${name}`, of: id, from: `${name} in its Location master data` });
  return {
    id,
    name: said('name'),
    address: {
      streetAddressOne: said('streetAddressOne'),
      streetAddressTwo: said('streetAddressTwo'),
      city: said('city'),
      state: said('state'),
      postalCode: said('postalCode'),
      countryCode: said('countryCode'),
    },
  };
}

/** The day at the place of an event. */
function localDay({ eventTime, eventTimeZoneOffset }: EpcisEvent): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(eventTimeZoneOffset) ?? ['', '+', '0', '0'];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  return new Date(Date.parse(eventTime) + offset).toISOString().slice(0, 10);
}
