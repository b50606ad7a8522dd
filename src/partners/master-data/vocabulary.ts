import type { JsonValue } from '../../domain/epcis/event.js';
import { canonicalId, gtinIn, gtinLink } from './names.js';
import type { Registered } from './registered.js';
import type { Statement } from './master-data.store.js';

/** What one organisation knows of things, for the query parameters `WD_`, `HASATTR_` and `EQATTR_`. Identifiers in any form. */
export interface Vocabulary {
  /** Every canonical identifier below `id` in the hierarchy, `id` itself included. */
  descendantsOf(id: string): ReadonlySet<string>;
  /** The values of each attribute, names in full; what its owner registered comes before what others say. */
  attributesOf(id: string): ReadonlyMap<string, readonly JsonValue[]>;
}

interface Known {
  readonly attributes: Map<string, readonly JsonValue[]>;
  readonly children: Set<string>;
}

/** What documents and files say, by canonical identifier; of an attribute the newest statement counts. */
export function knownFrom(newestFirst: readonly Pick<Statement, 'canonical' | 'attributes' | 'children'>[]) {
  const known = new Map<string, Known>();
  for (const { canonical, attributes, children } of newestFirst) {
    const entry = known.get(canonical) ?? { attributes: new Map(), children: new Set() };
    known.set(canonical, entry);
    for (const [name, values] of grouped(attributes)) {
      if (!entry.attributes.has(name)) entry.attributes.set(name, values);
    }
    for (const child of children) entry.children.add(child);
  }
  return known;
}

function grouped(attributes: Statement['attributes']): Map<string, JsonValue[]> {
  const found = new Map<string, JsonValue[]>();
  for (const [name, value] of attributes) found.set(name, [...(found.get(name) ?? []), value]);
  return found;
}

export class OrganisationVocabulary implements Vocabulary {
  constructor(
    private readonly known: ReadonlyMap<string, Known>,
    private readonly registered: (canonical: string) => Registered | undefined,
  ) {}

  descendantsOf(id: string): ReadonlySet<string> {
    const found = new Set([canonicalId(id)]);
    // A set is walked in the order of arrival, what comes meanwhile included; a circle ends where it began.
    for (const each of found) for (const child of this.known.get(each)?.children ?? []) found.add(child);
    return found;
  }

  attributesOf(id: string): ReadonlyMap<string, readonly JsonValue[]> {
    const canonical = canonicalId(id);
    const gtin = gtinIn(canonical);
    const found = new Map<string, readonly JsonValue[]>();
    for (const [name, value] of this.registered(canonical)?.attributes ?? []) found.set(name, [value]);
    for (const about of gtin === undefined ? [canonical] : [canonical, gtinLink(gtin)]) {
      for (const [name, values] of this.known.get(about)?.attributes ?? []) {
        if (!found.has(name)) found.set(name, values);
      }
    }
    return found;
  }
}
