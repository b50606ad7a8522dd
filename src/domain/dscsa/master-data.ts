import { namespacesOf } from '../epcis/context.js';
import type { DocumentHeader } from '../epcis/document.js';
import { canonicalIdentifier } from '../epcis/identifiers.js';
import { parseEpc, gtinUri } from '../gs1/epc.js';

/** Attributes of the CBV that the guideline has in a shipment file, by the local part of their names. */
export const PRODUCT_ATTRIBUTES = [
  'additionalTradeItemIdentification',
  'additionalTradeItemIdentificationTypeCode',
  'regulatedProductName',
  'manufacturerOfTradeItemPartyName',
  'dosageFormType',
  'strengthDescription',
  'netContentDescription',
] as const;
export const PLACE_ATTRIBUTES = [
  'name',
  'streetAddressOne',
  'streetAddressTwo',
  'city',
  'state',
  'postalCode',
  'countryCode',
] as const;

/** The values of each attribute of one thing, by the local part of its name. */
export type Attributes = ReadonlyMap<string, readonly string[]>;
const NONE: Attributes = new Map();

const CBV_ATTRIBUTE = /^urn:epcglobal:cbv:mda[:#]?(\w+)$/;

/** The local part of the name of an attribute of the CBV, in any spelling; undefined for other names. */
function localName(id: string, namespaces: ReadonlyMap<string, string>): string | undefined {
  const colon = id.indexOf(':');
  const namespace = namespaces.get(id.slice(0, colon));
  const full = namespace === undefined ? id : namespace + id.slice(colon + 1);
  return CBV_ATTRIBUTE.exec(full)?.[1];
}

/** What is compared: a pack is looked up by its product. */
function keyOf(id: string): string {
  const epc = parseEpc(id);
  return 'gtin' in epc ? gtinUri(epc.gtin) : (canonicalIdentifier(id) ?? id);
}

/** Looks things up in the master data of a document's header, by any form of their identifiers. */
export function masterDataIn(header: DocumentHeader): (id: string) => Attributes {
  const namespaces = namespacesOf(header['@context']);
  const found = new Map<string, Map<string, string[]>>();
  for (const { vocabularyElementList = [] } of header.epcisHeader?.epcisMasterData?.vocabularyList ?? []) {
    for (const { id, attributes = [] } of vocabularyElementList) {
      const known = found.get(keyOf(id)) ?? new Map<string, string[]>();
      found.set(keyOf(id), known);
      for (const { id: name, attribute } of attributes) {
        const local = localName(name, namespaces);
        if (local === undefined || typeof attribute !== 'string' || attribute.trim() === '') continue;
        known.set(local, [...(known.get(local) ?? []), attribute.trim()]);
      }
    }
  }
  return (id) => found.get(keyOf(id)) ?? NONE;
}

/** Type codes under which senders give a National Drug Code. */
const NDC_CODES: readonly string[] = ['FDA_NDC_11', 'US_FDA_NDC'];

/** The National Drug Code among the additional identifications of a product, as it is written there. */
export function ndcOf(attributes: Attributes): string | undefined {
  const codes = attributes.get('additionalTradeItemIdentificationTypeCode') ?? [];
  return attributes.get('additionalTradeItemIdentification')?.find((_, at) => NDC_CODES.includes(codes[at] ?? ''));
}
