import type { EventFields } from '../domain/custody/trail.js';
import { epcUri, parseEpc } from '../domain/gs1/epc.js';
import { toBareWord } from '../domain/epcis/vocabulary.js';

const LISTS = ['epcList', 'childEPCs', 'halisi:missing', 'halisi:excess'] as const;

const canonical = (uri: unknown): string => (typeof uri === 'string' ? epcUri(parseEpc(uri)) : '');

/** What a trail reads of an event of another system, its EPCs and places in the canonical form and its words bare. */
export function canonicalFields(document: Record<string, unknown>): EventFields {
  const fields: Record<string, unknown> = { ...document };
  for (const name of LISTS) {
    const list = document[name];
    if (Array.isArray(list)) fields[name] = list.map(canonical);
  }
  // What a transformation consumes or makes is named by it like any object.
  if (document['type'] === 'TransformationEvent') {
    const named = ['inputEPCList', 'outputEPCList'].flatMap((name) => (document[name] as unknown[] | undefined) ?? []);
    fields['epcList'] = named.map(canonical);
  }
  for (const name of ['readPoint', 'bizLocation']) {
    const place = document[name] as { id?: unknown } | undefined;
    if (place !== undefined) fields[name] = { id: canonical(place.id) };
  }
  if (document['parentID'] !== undefined) fields['parentID'] = canonical(document['parentID']);
  if (typeof document['bizStep'] === 'string') fields['bizStep'] = toBareWord('bizStep', document['bizStep']);
  return fields as EventFields;
}
