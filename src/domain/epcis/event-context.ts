import { KNOWN_NAMESPACES } from './context.js';
import type { JsonValue } from './event.js';
import { omit } from './omit.js';

type Context = Readonly<Record<string, JsonValue>>;

const isContext = (value: unknown): value is Context =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The definitions in a `@context`, a later one replacing an earlier. Contexts given by address are not fetched. */
export function definitionsOf(context: unknown): ReadonlyMap<string, JsonValue> {
  const parts: readonly unknown[] = Array.isArray(context) ? context : [context];
  return new Map(parts.filter(isContext).flatMap((part) => Object.entries(part)));
}

/**
 * An event that stands by itself: the definitions of its document's context that it uses come into its own. What the event
 * defines already stays.
 */
export function foldContext(
  event: Readonly<Record<string, unknown>>,
  document: ReadonlyMap<string, JsonValue>,
): Readonly<Record<string, unknown>> {
  if (document.size === 0) return event;
  const own = event['@context'];
  const defined = definitionsOf(own);
  const used = prefixesUsed(event);
  const added = [...document].filter(
    ([prefix, value]) => used.has(prefix) && !defined.has(prefix) && !isStandardDefinition(prefix, value),
  );
  if (added.length === 0) return event;
  const context = Object.fromEntries(added);
  return { ...event, '@context': own === undefined ? context : joined(own, context) };
}

function joined(own: unknown, added: Context): unknown {
  if (Array.isArray(own)) return [...(own as readonly unknown[]), added];
  return isContext(own) ? { ...own, ...added } : [own, added];
}

/** The opposite: an event as it stands in its document. What the document's context says too is left out of the event's. */
export function unfoldContext(
  event: Readonly<Record<string, unknown>>,
  document: ReadonlyMap<string, JsonValue>,
): Readonly<Record<string, unknown>> {
  const own = event['@context'];
  if (own === undefined || document.size === 0) return event;
  const left = Array.isArray(own)
    ? own.map((part: unknown) => without(part, document)).filter((part) => part !== undefined)
    : without(own, document);
  if (left === undefined || (Array.isArray(left) && left.length === 0)) return omit(event, '@context');
  return { ...event, '@context': left };
}

function without(part: unknown, document: ReadonlyMap<string, JsonValue>): unknown {
  if (!isContext(part)) return part;
  const kept = Object.entries(part).filter(([prefix, value]) => !sameJson(document.get(prefix), value));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Every `prefix` of a name or value `prefix:...` in the event; more than are meant, never fewer. */
export function prefixesUsed(event: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const [name, value] of Object.entries(event)) if (name !== '@context') collect(name, value, used);
  return used;
}

function collect(name: string, value: unknown, used: Set<string>): void {
  addPrefix(name, used);
  if (typeof value === 'string') addPrefix(value, used);
  else if (Array.isArray(value)) for (const member of value) collect('', member, used);
  else if (typeof value === 'object' && value !== null) {
    for (const [inner, member] of Object.entries(value)) collect(inner, member, used);
  }
}

function addPrefix(text: string, used: Set<string>): void {
  const colon = text.indexOf(':');
  if (colon > 0) used.add(text.startsWith('@') ? text.slice(1, colon) : text.slice(0, colon));
}

/** The namespace of CBV master data in XML; the JSON-LD context of EPCIS 2.0 ends it with a colon. */
export const MASTER_DATA_NAMESPACE = 'urn:epcglobal:cbv:mda';

/** True for a definition that every reader of EPCIS knows. */
export const isStandardDefinition = (prefix: string, value: unknown): boolean =>
  KNOWN_NAMESPACES.get(prefix) === value || (prefix === 'cbvmda' && value === MASTER_DATA_NAMESPACE);
