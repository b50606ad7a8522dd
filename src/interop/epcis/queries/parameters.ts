import { EpcisProblem } from '../rest/epcis-problem.js';

/** The parameters of a URL in their order: names decoded, values as they came, since `|` parts a list before it is decoded. */
export function parametersIn(raw: string): [name: string, value: string][] {
  const parts = raw.split('&').filter((part) => part !== '');
  return parts.map((part) => {
    const equals = part.indexOf('=');
    return equals === -1 ? [decoded(part), ''] : [decoded(part.slice(0, equals)), part.slice(equals + 1)];
  });
}

/** Percent-decoded; a plus is a plus, as in the offset of a time. Throws QueryParameterException. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const message = `Expected percent-encoded text; got ${JSON.stringify(text.slice(0, 80))}.`;
    throw new EpcisProblem('QueryParameterException', 'URL_MALFORMED', message);
  }
}
