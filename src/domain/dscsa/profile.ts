import { ilmdOf } from '../custody/foreign/reading.js';
import type { DocumentHeader } from '../epcis/document.js';
import type { EpcisEvent } from '../epcis/event.js';
import { toBareWord } from '../epcis/vocabulary.js';
import { gtinUri, parseEpc } from '../gs1/epc.js';
import { canonicalEpc, hasStep, objectsOf, shippedBy } from './contents.js';
import { masterDataIn, ndcOf } from './master-data.js';
import { statementIn } from './transaction-statement.js';

/** Rules of the GS1 US guideline for shipment files, as far as they can be read off a file. Public API: stable. */
export type ProfileRule =
  | 'SENDER_REQUIRED'
  | 'RECEIVER_REQUIRED'
  | 'INSTANCE_IDENTIFIER_REQUIRED'
  | 'STATEMENT_REQUIRED'
  | 'STATEMENT_NOT_AFFIRMED'
  | 'LEGAL_NOTICE_REQUIRED'
  | 'SHIPPING_REQUIRED'
  | 'EVENT_FORM'
  | 'LOT_REQUIRED'
  | 'EXPIRY_REQUIRED'
  | 'PARENT_REQUIRED'
  | 'NOT_COMMISSIONED'
  | 'TRANSACTION_REQUIRED'
  | 'PARTY_REQUIRED'
  | 'MASTER_DATA_REQUIRED';

/** Where a shipment file is not as the guideline has it. */
export interface ProfileFinding {
  readonly rule: ProfileRule;
  /** RFC 6901, in the document's 2.0 JSON form. */
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
}

/** What keeps a document from being a shipment file by the guideline; empty where nothing does. Changes nothing. */
export function checkShipmentFile(header: DocumentHeader, events: readonly EpcisEvent[]): ProfileFinding[] {
  return [
    ...checkHeader(header),
    ...(events.some((event) => hasStep(event, 'shipping'))
      ? []
      : [finding('SHIPPING_REQUIRED', '/epcisBody/eventList', 'a shipping event')]),
    ...events.flatMap((event, at) => checkEvent(event, `/epcisBody/eventList/${at}`)),
    ...checkCommissioned(events),
    ...checkMasterData(header, events),
  ];
}

const finding = (rule: ProfileRule, pointer: string, expected: string, got = 'nothing'): ProfileFinding => ({
  rule,
  pointer,
  expected,
  got,
});

function checkHeader(header: DocumentHeader): ProfileFinding[] {
  const found: ProfileFinding[] = [];
  if (header.sender === undefined) found.push(finding('SENDER_REQUIRED', '/sender', 'a GLN or SGLN'));
  if (header.receiver === undefined) found.push(finding('RECEIVER_REQUIRED', '/receiver', 'a GLN or SGLN'));
  if (header.instanceIdentifier === undefined) {
    found.push(finding('INSTANCE_IDENTIFIER_REQUIRED', '/instanceIdentifier', 'the number of the document'));
  }
  const statement = statementIn(header);
  const place = '/epcisHeader/gs1ushc:dscsaTransactionStatement';
  if (statement === undefined) return [...found, finding('STATEMENT_REQUIRED', place, 'a transaction statement')];
  if (!statement.affirmed) {
    found.push(finding('STATEMENT_NOT_AFFIRMED', `${place}/gs1ushc:affirmTransactionStatement`, 'true', 'another'));
  }
  if (statement.legalNotice === null) {
    found.push(finding('LEGAL_NOTICE_REQUIRED', `${place}/gs1ushc:legalNotice`, 'the text of the statement'));
  }
  return found;
}

function checkEvent(event: EpcisEvent, pointer: string): ProfileFinding[] {
  if (hasStep(event, 'commissioning')) return checkCommissioning(event, pointer);
  if (hasStep(event, 'packing')) return checkPacking(event, pointer);
  return hasStep(event, 'shipping') ? checkShipping(event, pointer) : [];
}

/** The type, action and disposition that a step has in the guideline. */
function checkForm(event: EpcisEvent, pointer: string, expected: readonly [string, string, string]): ProfileFinding[] {
  const action = 'action' in event ? event.action : 'none';
  const disposition = event.disposition === undefined ? 'none' : toBareWord('disposition', event.disposition);
  const got = [event.type, action, disposition];
  return got.every((word, at) => word === expected[at])
    ? []
    : [finding('EVENT_FORM', pointer, expected.join(' '), got.join(' '))];
}

function checkCommissioning(event: EpcisEvent, pointer: string): ProfileFinding[] {
  const found = checkForm(event, pointer, ['ObjectEvent', 'ADD', 'active']);
  if (!objectsOf(event).some((epc) => parseEpc(epc).kind === 'sgtin')) return found;
  const { lot, expiry } = ilmdOf(event);
  if (lot === null) found.push(finding('LOT_REQUIRED', `${pointer}/ilmd`, 'cbvmda:lotNumber'));
  if (expiry === null) found.push(finding('EXPIRY_REQUIRED', `${pointer}/ilmd`, 'cbvmda:itemExpirationDate'));
  return found;
}

function checkPacking(event: EpcisEvent, pointer: string): ProfileFinding[] {
  const found = checkForm(event, pointer, ['AggregationEvent', 'ADD', 'in_progress']);
  const parent = 'parentID' in event ? event.parentID : undefined;
  return parent === undefined ? [...found, finding('PARENT_REQUIRED', `${pointer}/parentID`, 'the container')] : found;
}

function checkShipping(event: EpcisEvent, pointer: string): ProfileFinding[] {
  const found = checkForm(event, pointer, ['ObjectEvent', 'OBSERVE', 'in_transit']);
  const transactions = (event.bizTransactionList ?? []).map(({ type }) => toBareWord('bizTransactionType', type ?? ''));
  for (const type of ['po', 'desadv']) {
    if (transactions.includes(type)) continue;
    found.push(
      finding('TRANSACTION_REQUIRED', `${pointer}/bizTransactionList`, type, transactions.join(' ') || 'nothing'),
    );
  }
  for (const list of ['sourceList', 'destinationList'] as const) {
    const types = (event[list] ?? []).map(({ type }) => toBareWord('sourceDestinationType', type));
    for (const type of ['owning_party', 'location']) {
      if (types.includes(type)) continue;
      found.push(finding('PARTY_REQUIRED', `${pointer}/${list}`, type, types.join(' ') || 'nothing'));
    }
  }
  return found;
}

/** What is packed or shipped was commissioned in the same file. One finding an event. */
function checkCommissioned(events: readonly EpcisEvent[]): ProfileFinding[] {
  const known = new Set(events.filter((event) => hasStep(event, 'commissioning')).flatMap(objectsOf));
  return events.flatMap((event, at) => {
    if (hasStep(event, 'commissioning')) return [];
    const unknown = shippedBy(event).filter((epc) => !known.has(epc));
    if (unknown.length === 0) return [];
    const more = unknown.length > 1 ? ` and ${unknown.length - 1} more` : '';
    return [finding('NOT_COMMISSIONED', `/epcisBody/eventList/${at}`, 'a commissioning event', `${unknown[0]}${more}`)];
  });
}

function checkMasterData(header: DocumentHeader, events: readonly EpcisEvent[]): ProfileFinding[] {
  const masterData = masterDataIn(header);
  const pointer = '/epcisHeader/epcisMasterData/vocabularyList';
  const lacking = (id: string, names: readonly string[], also: readonly string[] = []) => {
    const missing = [...names.filter((name) => !masterData(id).has(name)), ...also];
    return missing.length === 0 ? [] : [finding('MASTER_DATA_REQUIRED', pointer, `${missing.join(', ')} of ${id}`)];
  };
  return [
    ...productsIn(events).flatMap((id) =>
      lacking(
        id,
        [
          'regulatedProductName',
          'manufacturerOfTradeItemPartyName',
          'dosageFormType',
          'strengthDescription',
          'netContentDescription',
        ],
        ndcOf(masterData(id)) === undefined ? ['additionalTradeItemIdentification (NDC)'] : [],
      ),
    ),
    ...placesIn(events).flatMap((id) =>
      lacking(id, ['name', 'streetAddressOne', 'city', 'state', 'postalCode', 'countryCode']),
    ),
  ];
}

/** Products of the packs that events name. */
export function productsIn(events: readonly EpcisEvent[]): string[] {
  const packs = events.flatMap(shippedBy).map(parseEpc);
  return [...new Set(packs.flatMap((epc) => (epc.kind === 'sgtin' ? [gtinUri(epc.gtin)] : [])))];
}

/** Places and parties that events name, each once, as it is first written. */
export function placesIn(events: readonly EpcisEvent[]): string[] {
  const found = new Map<string, string>();
  for (const { readPoint, bizLocation, sourceList = [], destinationList = [] } of events) {
    const ids = [readPoint?.id, bizLocation?.id, ...sourceList.map(({ source }) => source)];
    for (const id of [...ids, ...destinationList.map(({ destination }) => destination)]) {
      if (id !== undefined && !found.has(canonicalEpc(id))) found.set(canonicalEpc(id), id);
    }
  }
  return [...found.values()];
}
