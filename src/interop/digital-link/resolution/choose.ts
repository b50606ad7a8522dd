import Negotiator from 'negotiator';
import type { Link } from './link.js';

/** What a request says about which of several links it wants. */
export interface Wishes {
  readonly accept: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly context: string | undefined;
}

/**
 * The one of several links of a type that fits best: by context, then language, then media type; of equals, the first. A
 * link that says nothing of a property fits whatever was asked for, after one that fits exactly (GS1-Conformant resolver
 * standard 1.0). `links` is not empty.
 */
export function chooseLink(links: readonly Link[], wishes: Wishes): Link {
  const inContext = preferred(links, ({ contexts }) => contexts, wishes.context === undefined ? [] : [wishes.context]);
  const spoken = preferred(inContext, ({ languages }) => languages, languagesOf(inContext, wishes.acceptLanguage));
  const typed = preferred(
    spoken,
    ({ mediaType }) => (mediaType === undefined ? [] : [mediaType]),
    mediaTypesOf(spoken, wishes.accept),
  );
  return typed[0]!;
}

/** Those that have the first wanted value that any has; else those that say nothing of it; else all. */
function preferred(links: readonly Link[], valuesOf: (link: Link) => readonly string[], wanted: readonly string[]) {
  for (const value of wanted) {
    const fitting = links.filter((link) => valuesOf(link).includes(value));
    if (fitting.length > 0) return fitting;
  }
  const silent = links.filter((link) => valuesOf(link).length === 0);
  return silent.length > 0 ? silent : links;
}

function languagesOf(links: readonly Link[], accepted: string | undefined): string[] {
  const spoken = [...new Set(links.flatMap(({ languages }) => languages))];
  return accepted === undefined ? [] : bestLanguages(accepted, spoken);
}

/** The available languages that a reader names, the best first; `*` names none. */
export function bestLanguages(accepted: string, available: string[]): string[] {
  const named = accepted.split(',').filter((range) => !range.trim().startsWith('*'));
  if (named.length === 0) return [];
  return new Negotiator({ headers: { 'accept-language': named.join() } }).languages(available);
}

function mediaTypesOf(links: readonly Link[], accept: string | undefined): string[] {
  const typed = [...new Set(links.flatMap(({ mediaType }) => mediaType ?? []))];
  return accept === undefined ? [] : new Negotiator({ headers: { accept } }).mediaTypes(typed);
}

/** The first of `available` that the reader names or takes; undefined for a reader that takes none of them. */
export const bestMediaType = (accept: string | undefined, available: string[]): string | undefined =>
  new Negotiator({ headers: { accept: accept ?? '*/*' } }).mediaTypes(available)[0];
