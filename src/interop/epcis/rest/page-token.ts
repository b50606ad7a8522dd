import type { FastifyReply, FastifyRequest } from 'fastify';
import { EpcisProblem } from './epcis-problem.js';

const DEFAULT_PER_PAGE = 30;
const MOST_PER_PAGE = 1000;
const TOKEN_HOURS = 24;

/** `perPage` of a request, 30 where it does not say. Throws QueryParameterException. */
export function perPageOf(value: unknown): number {
  if (value === undefined) return DEFAULT_PER_PAGE;
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (count >= 1) return Math.min(count, MOST_PER_PAGE);
  throw parameterRefused('perPage', `a whole number from 1 to ${MOST_PER_PAGE}`, value);
}

/** A token that carries `place` for so long as the answer says. */
export function nextPage(request: FastifyRequest, reply: FastifyReply, place: string): void {
  const expires = new Date(Date.now() + TOKEN_HOURS * 3_600_000);
  const token = Buffer.from(JSON.stringify([expires.getTime(), place])).toString('base64url');
  const [path, query] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('nextPageToken', token);
  void reply
    .header('link', `<${path}?${parameters.toString()}>; rel="next"`)
    .header('gs1-next-page-token-expires', expires.toISOString());
}

/** The place in a token of `nextPage`. Throws QueryParameterException, also when it has expired. */
export function placeIn(token: unknown): string | undefined {
  if (token === undefined) return undefined;
  const read = readToken(token);
  if (read === undefined) throw parameterRefused('nextPageToken', 'a token of an earlier answer', token);
  if (read.expires >= Date.now()) return read.place;
  const message = 'The token has expired: ask for the first page again.';
  throw new EpcisProblem('QueryParameterException', 'NEXT_PAGE_TOKEN_EXPIRED', message, { parameter: 'nextPageToken' });
}

function readToken(token: unknown): { readonly expires: number; readonly place: string } | undefined {
  if (typeof token !== 'string' || token.length > 2000) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const [expires, place]: unknown[] = Array.isArray(value) ? value : [];
    return typeof expires === 'number' && typeof place === 'string' ? { expires, place } : undefined;
  } catch {
    return undefined;
  }
}

const parameterRefused = (parameter: string, expected: string, got: unknown): EpcisProblem => {
  const shown = JSON.stringify(got)?.slice(0, 100);
  const message = `${parameter}: expected ${expected}; got ${shown}.`;
  return new EpcisProblem('QueryParameterException', 'PARAMETER_INVALID', message, { parameter, expected, got: shown });
};
