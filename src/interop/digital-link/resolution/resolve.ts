import { bestMediaType, chooseLink, type Wishes } from './choose.js';
import { DEFAULT_LINK, linkTypeIri, type AnchoredLinks, type Link } from './link.js';
import { LINKSET_MEDIA_TYPE } from './linkset.js';

export const HTML = 'text/html';
export const JSON_LD = 'application/ld+json';
export const JSON_TYPE = 'application/json';

/** What a request says beside what it is about. */
export interface Asked extends Wishes {
  readonly linkType: string | undefined;
  /** The query as it came. */
  readonly query: string;
}

export type Decision =
  | { readonly kind: 'linkset'; readonly mediaType: string }
  /** This server's own words about the thing, in a form that the reader named. */
  | { readonly kind: 'content'; readonly mediaType: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'not_found'; readonly code: 'IDENTIFIER_NOT_FOUND' | 'LINK_TYPE_NOT_FOUND' };

/**
 * What a resolver answers (GS1-Conformant resolver standard 1.0): the link set, a redirect to the link that fits best, or,
 * where that is a page of its own and the reader names its form, the page at once. `levels` has the coarsest first.
 */
export function resolve(levels: readonly AnchoredLinks[], asked: Asked): Decision {
  if (levels.every(({ links }) => links.length === 0)) return { kind: 'not_found', code: 'IDENTIFIER_NOT_FOUND' };
  const linkset = linksetForm(asked);
  if (linkset !== undefined) return { kind: 'linkset', mediaType: linkset };
  const link = asked.linkType === undefined ? defaultLink(levels, asked) : typedLink(levels, asked);
  if (link === undefined) return { kind: 'not_found', code: 'LINK_TYPE_NOT_FOUND' };
  const form = link.own ? ownForm(asked.accept) : undefined;
  if (form !== undefined) return { kind: 'content', mediaType: form };
  return { kind: 'redirect', location: withQuery(link.href, asked.query) };
}

/** The form in which a link set is asked for; undefined where none is. */
function linksetForm({ linkType, accept }: Asked): string | undefined {
  const named = (accept ?? '').toLowerCase().includes(LINKSET_MEDIA_TYPE);
  if (linkType !== 'linkset' && linkType !== 'all' && !named) return undefined;
  return bestMediaType(accept, [LINKSET_MEDIA_TYPE, JSON_TYPE, JSON_LD]) ?? LINKSET_MEDIA_TYPE;
}

/** From the finest level up: the first that has links of the type. */
function typedLink(levels: readonly AnchoredLinks[], asked: Asked): Link | undefined {
  const iri = linkTypeIri(asked.linkType ?? '');
  if (iri === DEFAULT_LINK) return defaultLink(levels, asked);
  for (const { links } of levels.toReversed()) {
    const typed = links.filter(({ linkType }) => linkType === iri);
    if (typed.length > 0) return chooseLink(typed, asked);
  }
  return undefined;
}

/**
 * The default of the finest level that has one. A reader that wants data and no page gets the own data instead of another's
 * page; where the default is one of several of its type, the one that fits the reader best.
 */
function defaultLink(levels: readonly AnchoredLinks[], asked: Asked): Link | undefined {
  const upwards = levels.toReversed().map(({ links }) => links);
  const own = upwards.flat().find((link) => link.own);
  if (own !== undefined && wantsData(asked.accept)) return own;
  const links =
    upwards.find((each) => each.some(({ isDefault }) => isDefault)) ?? upwards.find(({ length }) => length > 0);
  const found = links?.find(({ isDefault }) => isDefault) ?? links?.[0];
  if (links === undefined || found === undefined || found.own) return found;
  const alike = links.filter((link) => link !== found && link.linkType === found.linkType && !link.own);
  return chooseLink([found, ...alike], asked);
}

const wantsData = (accept: string | undefined): boolean =>
  accept !== undefined && /application\/(ld\+)?json/i.test(accept) && !/text\/html/i.test(accept);

/** The form of an own page that the reader names; one that takes anything is led to the page instead. */
function ownForm(accept: string | undefined): string | undefined {
  if (accept === undefined || !/text\/html|application\/(ld\+)?json/i.test(accept)) return undefined;
  return bestMediaType(accept, [HTML, JSON_LD, JSON_TYPE]);
}

/** Every key and value of the request's query goes on to the target, behind those that it has. */
function withQuery(href: string, query: string): string {
  if (query === '') return href;
  const [rest, fragment] = href.split('#', 2) as [string, string | undefined];
  const joint = rest.includes('?') ? '&' : '?';
  return `${rest}${joint}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}
