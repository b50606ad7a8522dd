import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BadRequestError } from './problem.js';
import { isStorable, unstorablePath } from './safe-text.js';

/** Escapes in JSON that may make a text that cannot be kept: NUL, and halves of surrogate pairs. */
const SUSPICIOUS_ESCAPE = /\\u(0000|[dD][89a-fA-F])/;
/** Only then is the slower parse with a reviver worth its time. */
const MAY_NAME_PROTOTYPE = /__proto__|\\u005[fF]/;
/** How long a body that is read into memory may take to arrive. */
const PATIENCE_MS = 120_000;

/**
 * The config of a route (`@RouteConfig(STREAMED)`) that reads its body itself, as a stream, whatever its media type:
 * `request.body` is the unread request. The route bounds what it reads, in bytes and in time.
 */
export const STREAMED = { streamed: true } as const;

/** JSON bodies in memory, every other only for routes that read a stream. */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) =>
    isStreamed(request) ? payload : parseJson(await collected(request, payload)),
  );
  fastify.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    if (isStreamed(request)) return payload;
    const got = request.headers['content-type']?.slice(0, 100) ?? 'nothing';
    throw new BadRequestError('UNSUPPORTED_MEDIA_TYPE', `Expected a body of application/json, got ${got}.`, 415);
  });
}

const isStreamed = (request: FastifyRequest): boolean => Reflect.get(request.routeOptions.config, 'streamed') === true;

/** The body as text. Throws PAYLOAD_TOO_LARGE over the route's limit, as soon as it is known. */
function collected(request: FastifyRequest, payload: IncomingMessage): Promise<string> {
  const limit = request.routeOptions.bodyLimit;
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit));
    const chunks: Buffer[] = [];
    let bytes = 0;
    const late = setTimeout(() => end(new BadRequestError('BAD_REQUEST', 'The body took too long.', 408)), PATIENCE_MS);
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limit) return end(tooLarge(limit));
      chunks.push(chunk);
    };
    const onEnd = (): void => end();
    const onError = (): void => end(new BadRequestError('BAD_REQUEST', 'The body broke off.'));
    const end = (error?: BadRequestError): void => {
      clearTimeout(late);
      payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      if (error === undefined) return resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString());
      payload.on('error', () => undefined).resume();
      reject(error);
    };
    payload.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError);
  });
}

const tooLarge = (limit: number): BadRequestError =>
  new BadRequestError('PAYLOAD_TOO_LARGE', `The body is larger than ${limit} bytes.`, 413, { limit });

function parseJson(body: string): unknown {
  let value: unknown;
  try {
    value = MAY_NAME_PROTOTYPE.test(body) ? JSON.parse(body, refusePrototypes) : JSON.parse(body);
  } catch (error) {
    if (error instanceof BadRequestError) throw error;
    throw new BadRequestError('MALFORMED_JSON', `The body is not JSON: ${(error as Error).message}`);
  }
  if (SUSPICIOUS_ESCAPE.test(body) || !isStorable(body)) {
    const path = unstorablePath(value);
    if (path !== undefined) {
      const message = `Texts must not carry NUL or half of a surrogate pair; ${path || 'the body'} does.`;
      throw new BadRequestError('TEXT_NOT_STORABLE', message, 400, { path });
    }
  }
  return value;
}

function refusePrototypes(key: string, value: unknown): unknown {
  if (key !== '__proto__') return value;
  throw new BadRequestError('MALFORMED_JSON', 'A key named __proto__ is not accepted.');
}
