import type { FastifyRequest } from 'fastify';
import { EpcisProblem } from '../rest/epcis-problem.js';

/** Bytes of path and parameters. Longer queries are kept as named queries (POST /epcis/queries), whose body has room. */
const LONGEST_ADDRESS = 8000;

/** Throws URITooLongException. */
export function checkAddressLength(url: string): void {
  if (url.length <= LONGEST_ADDRESS) return;
  const message = `The address has ${url.length} characters; at most ${LONGEST_ADDRESS} are read. Keep the query as a named query instead.`;
  throw new EpcisProblem('URITooLongException', 'URI_TOO_LONG', message, { limit: LONGEST_ADDRESS });
}

/** The parameters of a query, as the address has them. Throws URITooLongException. */
export function queryIn({ url }: FastifyRequest): string {
  checkAddressLength(url);
  const raw = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  return raw
    .split('&')
    .filter((part) => part !== '' && !/^(perPage|nextPageToken)(=|$)/.test(part))
    .join('&');
}
