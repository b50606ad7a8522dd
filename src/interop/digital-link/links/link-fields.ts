import { isStorable } from '../../../platform/http/safe-text.js';
import { isLinkType, linkTypeIri } from '../resolution/link.js';
import { LinkRefusedError } from './links-errors.js';

const LONGEST_URL = 2000;
const LONGEST_TITLE = 200;
const MOST_VALUES = 20;

/** The IRI of a link type. Throws LINK_TYPE_UNKNOWN. */
export function linkTypeOf(text: string): string {
  const iri = linkTypeIri(text.trim());
  if (isLinkType(iri)) return iri;
  throw new LinkRefusedError(
    'LINK_TYPE_UNKNOWN',
    `Expected a link type of the GS1 Web Vocabulary, as gs1:epil; got ${shown(text)}.`,
  );
}

/** An address that may be sent to anybody: https, without user and password. Throws LINK_URL_INVALID. */
export function targetUrl(text: string): string {
  const url = text.length <= LONGEST_URL ? URL.parse(text.trim()) : null;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '' && url.href.length <= LONGEST_URL) {
    return url.href;
  }
  throw new LinkRefusedError(
    'LINK_URL_INVALID',
    `Expected an https URL of at most ${LONGEST_URL} characters, without user and password; got ${shown(text)}.`,
  );
}

/** Throws LINK_TITLE_INVALID. */
export function linkTitle(text: string): string {
  const title = text.trim();
  const isPlain = isStorable(title) && !/\p{Cc}/u.test(title);
  if (title !== '' && title.length <= LONGEST_TITLE && isPlain) return title;
  throw new LinkRefusedError(
    'LINK_TITLE_INVALID',
    `Expected a title of 1 to ${LONGEST_TITLE} characters; got ${shown(text)}.`,
  );
}

/** Language tags in their canonical form (BCP 47). Throws LINK_LANGUAGE_INVALID. */
export function languageTags(tags: readonly string[]): string[] {
  try {
    if (tags.length <= MOST_VALUES) return Intl.getCanonicalLocales([...tags]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new LinkRefusedError(
    'LINK_LANGUAGE_INVALID',
    `Expected language tags as fr or pt-MZ; got ${shown(tags.join())}.`,
  );
}

/** A media type without parameters, in lower case. Throws LINK_MEDIA_TYPE_INVALID. */
export function mediaTypeOf(text: string | null | undefined): string | null {
  if (text == null) return null;
  const type = text.trim().toLowerCase();
  if (/^(application|audio|font|image|model|text|video)\/[a-z0-9][a-z0-9.+-]{0,80}$/.test(type)) return type;
  throw new LinkRefusedError('LINK_MEDIA_TYPE_INVALID', `Expected a media type as text/html; got ${shown(text)}.`);
}

/** Throws LINK_CONTEXT_INVALID. */
export function contextsOf(values: readonly string[]): string[] {
  if (values.length <= MOST_VALUES && values.every((value) => /^[A-Za-z0-9-]{1,40}$/.test(value))) {
    return [...new Set(values)];
  }
  throw new LinkRefusedError(
    'LINK_CONTEXT_INVALID',
    `Expected at most ${MOST_VALUES} words of letters, digits and hyphens; got ${shown(values.join())}.`,
  );
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
