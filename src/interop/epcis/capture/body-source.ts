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
  const source = unpacked(request);
  try {
    yield* withoutSilence(source);
  } catch (error) {
    if (error instanceof EpcisProblem) throw error;
    throw broken((error as NodeJS.ErrnoException).code ?? '');
  } finally {
    // The connection stays: what is still to come is thrown away by whoever answers.
    request.raw.unpipe();
  }
}

function unpacked(request: FastifyRequest): NodeJS.ReadableStream {
  const raw = request.body as IncomingMessage;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return raw;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    const message = `Expected a body without Content-Encoding or with gzip; got ${encoding.slice(0, 40)}.`;
    throw new EpcisProblem('UnsupportedMediaTypeException', 'ENCODING_UNKNOWN', message);
  }
  const gunzip = createGunzip();
  raw.on('error', (error) => gunzip.destroy(error));
  raw.on('aborted', () => gunzip.destroy(new Error('aborted')));
  return raw.pipe(gunzip);
}

async function* withoutSilence(source: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  const chunks = (source as AsyncIterable<Buffer> & NodeJS.ReadableStream)[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(tooSlow()), SILENCE_MS);
      });
      const next = await Promise.race([chunks.next(), silence]);
      clearTimeout(timer);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}

const broken = (code: string): EpcisProblem =>
  code.startsWith('Z_')
    ? new EpcisProblem('ValidationException', 'ENCODING_BROKEN', 'The body is not the gzip that its header says.')
    : new EpcisProblem('ValidationException', 'BODY_BROKE_OFF', 'The body broke off.');

const tooSlow = (): EpcisProblem =>
  new EpcisProblem('ValidationException', 'BODY_TOO_SLOW', `Nothing came for ${SILENCE_MS / 1000} s.`, {}, 408);
