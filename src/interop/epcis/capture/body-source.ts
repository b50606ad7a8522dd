import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { EpcisProblem } from '../rest/epcis-problem.js';

/** A client that sends nothing for so long is given up. */
const SILENCE_MS = 60_000;

/**
 * The body of a request of a streamed route, unpacked where it is `Content-Encoding: gzip`. Throws ValidationException for
 * what breaks off or does not unpack, UnsupportedMediaTypeException for another encoding. Who reads bounds how much.
 */
export async function* bodyOf(request: FastifyRequest): AsyncGenerator<Buffer> {
  const raw = request.body as IncomingMessage;
  try {
    yield* withoutSilence(isPacked(request) ? unpacked(raw) : raw.iterator({ destroyOnReturn: false }));
  } catch (error) {
    if (error instanceof EpcisProblem) throw error;
    throw new EpcisProblem('ValidationException', 'BODY_BROKE_OFF', 'The body broke off.');
  } finally {
    // The connection stays: what is still to come is thrown away by whoever answers.
    request.raw.unpipe();
  }
}

function isPacked(request: FastifyRequest): boolean {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  const message = `Expected a body without Content-Encoding or with gzip; got ${encoding.slice(0, 40)}.`;
  throw new EpcisProblem('UnsupportedMediaTypeException', 'ENCODING_UNKNOWN', message);
}

/** What a gzip stream holds. Throws ValidationException where it is none. */
export async function* unpacked(packed: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error));
  packed.on('aborted', () => gunzip.destroy(new Error('The source was aborted.')));
  try {
    for await (const chunk of packed.pipe(gunzip)) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    throw new EpcisProblem('ValidationException', 'ENCODING_BROKEN', 'This is not the gzip that it is said to be.');
  }
}

async function* withoutSilence(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  let silent = false;
  try {
    for (;;) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          silent = true;
          reject(tooSlow());
        }, SILENCE_MS);
      });
      const next = await Promise.race([chunks.next(), silence]);
      clearTimeout(timer);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    // One that waits for the next bytes would end only with them.
    const ended = chunks.return?.();
    if (silent) ended?.catch(() => undefined);
    else await ended;
  }
}

const tooSlow = (): EpcisProblem =>
  new EpcisProblem('ValidationException', 'BODY_TOO_SLOW', `Nothing came for ${SILENCE_MS / 1000} s.`, {}, 408);
