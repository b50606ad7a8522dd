/** The JSON-LD context of EPCIS 2.0, which every document refers to. */
export const EPCIS_CONTEXT_URL = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';

/** The namespace of what Halisi adds to events, always under the prefix `halisi`. */
export const HALISI_NAMESPACE = 'https://halisi.org/epcis/v1/';

/** The `@context` value that documents written by Halisi carry. */
export const DOCUMENT_CONTEXT = [EPCIS_CONTEXT_URL, { halisi: HALISI_NAMESPACE }] as const;

/** Prefixes to namespaces, as an event's names and vocabulary values use them. */
export type Namespaces = ReadonlyMap<string, string>;

/** The prefixes of the EPCIS context, and our own. A document's context may say otherwise. */
export const KNOWN_NAMESPACES: Namespaces = new Map([
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
  ['gs1', 'https://gs1.org/voc/'],
  ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
  ['owl', 'http://www.w3.org/2002/07/owl#'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
  ['dcterms', 'http://purl.org/dc/terms/'],
  ['halisi', HALISI_NAMESPACE],
]);

/**
 * The namespaces in force after reading `contexts` in order (document first, then event), each any JSON-LD `@context`
 * value. A later prefix replaces an earlier one. Contexts given by address are not fetched.
 */
export function namespacesOf(...contexts: readonly unknown[]): Namespaces {
  const given = contexts.filter((context) => context !== undefined && context !== null);
  if (given.length === 0) return KNOWN_NAMESPACES;
  const found = new Map(KNOWN_NAMESPACES);
  for (const context of given) collect(context, found);
  return found;
}

function collect(context: unknown, into: Map<string, string>): void {
  if (Array.isArray(context)) {
    for (const part of context) collect(part, into);
  } else if (typeof context === 'object' && context !== null) {
    for (const [prefix, value] of Object.entries(context)) {
      const namespace: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, '@id') : value;
      if (typeof namespace === 'string' && !prefix.startsWith('@')) into.set(prefix, namespace);
    }
  }
}
