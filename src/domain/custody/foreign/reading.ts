import { namespacesOf } from '../../epcis/context.js';
import type { EpcisEvent } from '../../epcis/event.js';
import { canonicalIdentifier } from '../../epcis/identifiers.js';
import { toBareWord, type VocabularyName } from '../../epcis/vocabulary.js';
import { epcUri, parseEpc } from '../../gs1/epc.js';
import type { MentionRole } from '../act.js';
import type { PackRef } from '../checks.js';
import { LEAVING_REASONS, type LeavingReason } from '../steps/decommissioning.js';
import { rowOf, type ForeignStep } from './table.js';

/** Packs and containers that an event names, by what custody calls them, and what else it names. */
export interface Named {
  readonly packs: readonly PackRef[];
  /** SSCCs. */
  readonly containers: readonly string[];
  /** EPCs of other kinds, canonical where they are GS1's: custody does not look into them. */
  readonly others: readonly string[];
}

/** What custody needs of an event of another system; the event itself stays as it came. */
export interface ForeignReading {
  /** Undefined for an observation. */
  readonly step: ForeignStep | undefined;
  readonly reason: LeavingReason | undefined;
  /** Objects, children or inputs. */
  readonly named: Named;
  /** EPC of the parent, canonical, with its SSCC where it is one. */
  readonly parent: { readonly epc: string; readonly sscc: string | null } | null;
  /** What a transformation made. */
  readonly outputs: Named;
  readonly lots: readonly { readonly gtin: string; readonly lot: string }[];
  readonly lot: string | null;
  /** `YYYY-MM-DD`. */
  readonly expiry: string | null;
  /** GLNs of the places named, the nearest to where it ended first. */
  readonly places: readonly string[];
  /** GLNs of the place and of the parties that goods go to, the place first. */
  readonly destination: { readonly place: string | null; readonly parties: readonly string[] };
  readonly purchaseOrder: string | null;
  readonly despatchAdvice: string | null;
  /** GLNs of the parties that goods come from or go to, and of the places. */
  readonly partners: readonly string[];
  /** What a receipt says was missing. */
  readonly missing: Named;
  /** Units handed out, where it dispensed part of a pack and says so. */
  readonly units: number | null;
  readonly mentions: readonly { readonly epc: string; readonly role: MentionRole }[];
}

type Fields = Readonly<Record<string, unknown>>;
export const NOTHING_NAMED: Named = { packs: [], containers: [], others: [] };

/** Reads a validated event in any spelling: EPC URN or Digital Link, bare words, URNs or web URIs, any prefix. Never throws. */
export function readForeign(event: EpcisEvent): ForeignReading {
  const fields = event as unknown as Fields;
  const word = (name: string): string | undefined => wordOf(name as VocabularyName, fields[name]);
  const row = rowOf({
    type: event.type,
    action: textOf(fields['action']),
    bizStep: word('bizStep'),
    disposition: word('disposition'),
  });
  const parentId = textOf(fields['parentID']);
  const parent = parentId === undefined ? null : parentOf(parentId);
  const objects = [...texts(fields['epcList']), ...texts(fields['childEPCs']), ...texts(fields['inputEPCList'])];
  const seesParent = event.type === 'AggregationEvent' && row !== undefined && fields['action'] === 'OBSERVE';
  const { lot, expiry } = ilmdOf(fields);
  return {
    step: row?.step,
    reason: reasonOf(fields, row?.reason),
    // What happens to a parent happens to what is in it.
    named: nameAll(seesParent && parentId !== undefined ? [parentId] : objects),
    parent,
    outputs: nameAll(texts(fields['outputEPCList'])),
    lots: classesOf(fields),
    lot,
    expiry,
    places: [placeOf(fields['bizLocation']), placeOf(fields['readPoint'])].filter((gln) => gln !== undefined),
    destination: destinationOf(fields),
    ...documentsOf(fields),
    partners: partnersOf(fields),
    missing: nameAll(texts(fields['halisi:missing'])),
    units: typeof fields['halisi:units'] === 'number' ? fields['halisi:units'] : null,
    mentions: mentionsOf(fields, parent),
  };
}

function wordOf(vocabulary: VocabularyName, value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : toBareWord(vocabulary, text);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value.trim() : undefined);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
const objects = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.filter((member) => typeof member === 'object' && member !== null) : [];

/** An identifier as it is compared: canonical where it is one of GS1's, custody's or not. */
function keyOf(uri: string): string {
  const epc = parseEpc(uri);
  return epc.kind === 'other' ? (canonicalIdentifier(uri) ?? uri) : epcUri(epc);
}

function nameAll(uris: readonly string[]): Named {
  const packs: PackRef[] = [];
  const containers: string[] = [];
  const others: string[] = [];
  for (const uri of uris) {
    const epc = parseEpc(uri);
    if (epc.kind === 'sgtin') packs.push({ gtin: epc.gtin, serial: epc.serial });
    else if (epc.kind === 'sscc') containers.push(epc.sscc);
    else others.push(keyOf(uri));
  }
  return { packs, containers, others };
}

function parentOf(uri: string): { epc: string; sscc: string | null } {
  const epc = parseEpc(uri);
  return { epc: epcUri(epc), sscc: epc.kind === 'sscc' ? epc.sscc : null };
}

/** What only our own steps say: an export and a decommissioning have the same words in CBV. */
function reasonOf(fields: Fields, reason: LeavingReason | undefined): LeavingReason | undefined {
  const own = textOf(fields['halisi:reason']);
  return reason !== undefined && own !== undefined && Object.hasOwn(LEAVING_REASONS, own)
    ? (own as LeavingReason)
    : reason;
}

/** `cbvmda:` (CBV), `gs1:` (Web Vocabulary) and whatever prefix the document gave them. */
const LOT_NAMES = ['lotNumber', 'hasBatchLotNumber'];
const EXPIRY_NAMES = ['itemExpirationDate', 'expirationDate'];
const MASTER_DATA = ['urn:epcglobal:cbv:mda', 'urn:epcglobal:cbv:mda:', 'urn:epcglobal:cbv:mda#'];
const WEB_VOCABULARY = [
  'https://gs1.org/voc/',
  'https://www.gs1.org/voc/',
  'http://gs1.org/voc/',
  'https://ref.gs1.org/voc/',
];

/** The lot and the expiry date (YYYY-MM-DD) of an event that commissions. */
export function ilmdOf(fields: Fields): { lot: string | null; expiry: string | null } {
  const ilmd = fields['ilmd'];
  if (typeof ilmd !== 'object' || ilmd === null) return { lot: null, expiry: null };
  const namespaces = namespacesOf(fields['@context'], (ilmd as Fields)['@context']);
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(ilmd)) {
    const local = localName(name, namespaces);
    const text = scalarOf(value);
    if (local !== undefined && text !== undefined && !found.has(local)) found.set(local, text);
  }
  const first = (names: readonly string[]) => names.map((name) => found.get(name)).find((text) => text !== undefined);
  const expiry = first(EXPIRY_NAMES)?.slice(0, 10);
  return {
    lot: first(LOT_NAMES) ?? null,
    expiry: expiry !== undefined && isDay(expiry) ? expiry : null,
  };
}

function localName(name: string, namespaces: ReadonlyMap<string, string>): string | undefined {
  const colon = name.indexOf(':');
  const namespace = namespaces.get(name.slice(0, Math.max(colon, 0)));
  const full =
    namespace === undefined ? name : namespace + (/[:#/]$/.test(namespace) ? '' : ':') + name.slice(colon + 1);
  const stem = [...MASTER_DATA, ...WEB_VOCABULARY]
    .toSorted((a, b) => b.length - a.length)
    .find((each) => full.startsWith(each));
  return stem === undefined ? undefined : full.slice(stem.length).replace(/^[:#]/, '');
}

/** A date may stand as text or as a typed value of JSON-LD. */
function scalarOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 1 ? scalarOf(value[0]) : undefined;
  return typeof value === 'object' && value !== null ? scalarOf((value as Fields)['@value']) : undefined;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** Lots that a class list names; a product alone is none. */
function classesOf(fields: Fields): { gtin: string; lot: string }[] {
  return objects(fields['quantityList']).flatMap(({ epcClass }) => {
    const epc = parseEpc(textOf(epcClass) ?? '');
    return epc.kind === 'lgtin' ? [{ gtin: epc.gtin, lot: epc.lot }] : [];
  });
}

function glnOf(uri: unknown): string | undefined {
  const epc = parseEpc(textOf(uri) ?? '');
  return epc.kind === 'sgln' || epc.kind === 'pgln' ? epc.gln : undefined;
}

const placeOf = (place: unknown): string | undefined =>
  typeof place === 'object' && place !== null ? glnOf((place as Fields)['id']) : undefined;

function destinationOf(fields: Fields): { place: string | null; parties: string[] } {
  const list = objects(fields['destinationList']).map(({ type, destination }) => ({
    type: wordOf('sourceDestinationType', type),
    gln: glnOf(destination),
  }));
  const of = (wanted: string) => list.find(({ type, gln }) => type === wanted && gln !== undefined)?.gln;
  const parties = [of('possessing_party'), of('owning_party')].filter((gln) => gln !== undefined);
  return { place: of('location') ?? null, parties };
}

function partnersOf(fields: Fields): string[] {
  const ends = [
    ...objects(fields['sourceList']).map(({ source }) => glnOf(source)),
    ...objects(fields['destinationList']).map(({ destination }) => glnOf(destination)),
  ];
  return [...new Set(ends.filter((gln) => gln !== undefined))];
}

/** Number of the purchase order and of the despatch advice, out of `urn:epcglobal:cbv:bt:GLN:NUMBER` where it is one. */
function documentsOf(fields: Fields): { purchaseOrder: string | null; despatchAdvice: string | null } {
  const list = objects(fields['bizTransactionList']);
  const of = (wanted: string): string | null => {
    const found = list.find(({ type }) => wordOf('bizTransactionType', type) === wanted);
    const id = textOf(found?.['bizTransaction']);
    if (id === undefined) return null;
    const number = /^urn:epcglobal:cbv:bt:\d+:(.+)$/.exec(id)?.[1];
    return (number === undefined ? id : decode(number)).slice(0, 80);
  };
  return { purchaseOrder: of('po'), despatchAdvice: of('desadv') };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const LISTS: readonly (readonly [name: string, role: MentionRole])[] = [
  ['epcList', 'epc'],
  ['childEPCs', 'child'],
  ['inputEPCList', 'input'],
  ['outputEPCList', 'output'],
];
const QUANTITIES = ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList'];

/** Under what the event is found, each EPC once for each way in which it is named. */
function mentionsOf(fields: Fields, parent: { epc: string } | null): { epc: string; role: MentionRole }[] {
  const found = new Map<string, { epc: string; role: MentionRole }>();
  const add = (epc: string, role: MentionRole): void => void found.set(`${role} ${epc}`, { epc, role });
  if (parent) add(parent.epc, 'parent');
  for (const [name, role] of LISTS) for (const uri of texts(fields[name])) add(keyOf(uri), role);
  for (const name of QUANTITIES) {
    for (const { epcClass } of objects(fields[name])) {
      const uri = textOf(epcClass);
      if (uri !== undefined) add(keyOf(uri), 'class');
    }
  }
  return [...found.values()];
}
