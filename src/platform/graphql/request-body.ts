import { BadRequestError } from '../http/problem.js';

/**
 * Throws BadRequestError unless a body is one GraphQL request or a batch of at most `most`: objects with a text `query`.
 * Mercurius's own check would turn a number into a text and take it for a parsed document.
 */
export function checkGraphqlBody(body: unknown, most: number): void {
  if (!Array.isArray(body)) return checkRequest(body);
  if (body.length > most) {
    const message = `A batch has at most ${most} operations, got ${body.length}.`;
    throw new BadRequestError('BATCH_TOO_LONG', message, 400, { most, got: body.length });
  }
  for (const request of body) checkRequest(request);
}

function checkRequest(request: unknown): void {
  const query = (request as { query?: unknown } | null)?.query;
  if (typeof query === 'string') return;
  const got = query === undefined ? 'none' : typeof query;
  throw new BadRequestError('GRAPHQL_REQUEST_INVALID', `Expected an object with a text "query", got ${got}.`);
}
