import { DEFAULT_LINK, GS1_VOC, type AnchoredLinks, type Link } from './link.js';

/** RFC 9264. */
export const LINKSET_MEDIA_TYPE = 'application/linkset+json';
/** Where the JSON-LD context of link sets is served. */
export const LINKSET_CONTEXT_PATH = '/.well-known/gs1-linkset-context.jsonld';

/** Characters of links in a header: clients and proxies refuse longer ones, and the link set has them all. */
const LONGEST_HEADER = 6000;

interface Target {
  readonly href: string;
  readonly title: string;
  readonly type?: string;
  readonly hreflang?: readonly string[];
  readonly context?: readonly string[];
}

/** One member of a link set: its anchor, and under the IRI of each link type its targets. */
export type LinkContext = Readonly<Record<string, string | readonly Target[]>>;

/**
 * The link set of a request (RFC 9264 §4.2): one member for each level that has links, the finest last. A default link has
 * no optional attributes and is there a second time under its own type.
 */
export function linksetOf(levels: readonly AnchoredLinks[]): { readonly linkset: readonly LinkContext[] } {
  return { linkset: levels.filter(({ links }) => links.length > 0).map(memberOf) };
}

function memberOf({ anchor, description, links }: AnchoredLinks): LinkContext {
  const member: Record<string, string | Target[]> = { anchor };
  if (description !== undefined) member['itemDescription'] = description;
  for (const link of links) {
    const targets = member[link.linkType];
    if (Array.isArray(targets)) targets.push(targetOf(link));
    else member[link.linkType] = [targetOf(link)];
  }
  const [first] = links.filter(({ isDefault }) => isDefault);
  if (first !== undefined) member[DEFAULT_LINK] = [{ href: first.href, title: first.title }];
  return member;
}

const targetOf = ({ href, title, mediaType, languages, contexts }: Link): Target => ({
  ...{ href, title },
  ...(mediaType !== undefined && { type: mediaType }),
  ...(languages.length > 0 && { hreflang: languages }),
  ...(contexts.length > 0 && { context: contexts }),
});

/** Value of the `Link` header (RFC 8288): the link set, and the links that it holds, the finest first. */
export function linkHeader(linkset: string, levels: readonly AnchoredLinks[]): string {
  const links = levels.toReversed().flatMap((level) => level.links.map((link) => [level.anchor, link] as const));
  let header = `<${linkset}>; rel="linkset"; type="${LINKSET_MEDIA_TYPE}"`;
  for (const [anchor, link] of links) {
    const longer = `${header}, ${headerLink(anchor, link)}`;
    if (longer.length > LONGEST_HEADER) break;
    header = longer;
  }
  return header;
}

function headerLink(anchor: string, { href, linkType, title, mediaType, languages }: Link): string {
  return [
    `<${href}>`,
    `rel="${linkType}"`,
    `anchor="${anchor}"`,
    titleParameter(title),
    ...(mediaType === undefined ? [] : [`type="${mediaType}"`]),
    ...languages.map((language) => `hreflang="${language}"`),
  ].join('; ');
}

/** RFC 8187 where a title is not plain ASCII. */
const titleParameter = (title: string): string =>
  /^[\x20-\x7e]*$/.test(title)
    ? `title="${title.replaceAll(/["\\]/g, '\\$&')}"`
    : `title*=UTF-8''${encodeURIComponent(title).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;

/** The JSON-LD context with which a link set is read as RDF (RFC 9264, appendix A.2). */
export const LINKSET_CONTEXT = {
  '@context': {
    '@version': 1.1,
    '@vocab': GS1_VOC,
    dcterms: 'http://purl.org/dc/terms/',
    linkset: { '@id': '@graph', '@container': '@set' },
    anchor: '@id',
    href: '@id',
    itemDescription: 'dcterms:description',
    title: { '@id': 'dcterms:title', '@type': 'http://www.w3.org/2001/XMLSchema#string' },
    type: { '@id': 'dcterms:format', '@type': 'http://www.w3.org/2001/XMLSchema#string' },
    hreflang: { '@id': 'dcterms:language', '@container': '@set' },
    context: { '@id': `${GS1_VOC}context`, '@container': '@set' },
  },
};
