import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** What is held back before the answer begins: a failure until then is still told as one. */
const HELD_BYTES = 1024 * 1024;

/**
 * Answers with a text that comes in pieces, in bounded memory. What fails in its first megabyte is thrown; later, the answer
 * breaks off.
 */
export async function sendText(reply: FastifyReply, mediaType: string, pieces: AsyncIterable<string>): Promise<void> {
  const source = pieces[Symbol.asyncIterator]();
  const held: string[] = [];
  let length = 0;
  let ended = false;
  while (!ended && length < HELD_BYTES) {
    const next = await source.next();
    ended = next.done === true;
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.length;
  }
  void reply.type(`${mediaType}; charset=utf-8`);
  if (ended) await reply.send(held.join(''));
  else await reply.send(Readable.from(rest(held, source)));
}

async function* rest(held: readonly string[], source: AsyncIterator<string>): AsyncGenerator<string> {
  yield held.join('');
  try {
    for (;;) {
      const next = await source.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
