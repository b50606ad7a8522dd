import type { Namespaces } from '../../domain/epcis/context.js';
import { canonicalIdentifier } from '../../domain/epcis/identifiers.js';

/** The namespace of the attributes that the CBV defines (CBV 2.0 §10), as its text spells it. */
export const CBV_MDA = 'urn:epcglobal:cbv:mda#';

/** Types of master data that we write ourselves. Others are kept as they come. */
export const VOCABULARIES = {
  product: 'urn:epcglobal:epcis:vtype:EPCClass',
  location: 'urn:epcglobal:epcis:vtype:Location',
  party: 'urn:epcglobal:epcis:vtype:Party',
} as const;

/** The spelling that identifiers of master data are compared by: the canonical Digital Link of a GS1 key, else as it is. */
export const canonicalId = (id: string): string => canonicalIdentifier(id) ?? id;

/**
 * The spelling that attribute names are compared by: a prefixed name in full, and those of the CBV as `urn:epcglobal:cbv:mda#…`,
 * also where documents write a colon for the hash.
 */
export function canonicalAttribute(name: string, namespaces: Namespaces): string {
  const colon = name.indexOf(':');
  const namespace = colon > 0 ? namespaces.get(name.slice(0, colon)) : undefined;
  const full = namespace === undefined ? name : namespace + name.slice(colon + 1);
  return full.replace(/^urn:epcglobal:cbv:mda[:#]?/, CBV_MDA);
}

const GTIN_LINK = /^https:\/\/id\.gs1\.org\/01\/(\d{14})(?:\/|$)/;
const GLN_LINK = /^https:\/\/id\.gs1\.org\/(414|417)\/(\d{13})$/;

/** The GTIN-14 that a canonical identifier is about: its class, a lot or a pack. */
export const gtinIn = (canonical: string): string | undefined => GTIN_LINK.exec(canonical)?.[1];

/** The GLN that a canonical identifier is, and whether it is meant as a party or as a place. */
export function glnIn(canonical: string): { gln: string; party: boolean } | undefined {
  const [, ai, gln] = GLN_LINK.exec(canonical) ?? [];
  return gln === undefined ? undefined : { gln, party: ai === '417' };
}

export const gtinLink = (gtin: string): string => `https://id.gs1.org/01/${gtin}`;
export const locationLink = (gln: string): string => `https://id.gs1.org/414/${gln}`;
export const partyLink = (gln: string): string => `https://id.gs1.org/417/${gln}`;
