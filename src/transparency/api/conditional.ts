import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How a public resource is served beside its bytes. */
export interface Served {
  readonly type: string;
  readonly cacheControl: string;
}

/**
 * Anybody may read the log, a page that was saved and opened from disk too: it has the origin `null`, and a refusal that
 * it may not read tells it nothing.
 */
const READ_BY_ANYBODY = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'etag' } as const;

/** Sends bytes with a strong ETag over them, or 304 where the client has them (RFC 9110 §13.1.2). */
export async function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Uint8Array,
  { type, cacheControl }: Served,
): Promise<void> {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  void reply.headers({ ...READ_BY_ANYBODY, etag, 'cache-control': cacheControl });
  if (isHeld(request.headers['if-none-match'], etag)) await reply.status(304).send();
  else await reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** If-None-Match compares weakly, and `*` stands for whatever there is (RFC 9110 §13.1.2). */
function isHeld(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  if (condition.trim() === '*') return true;
  return [...condition.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, tag]) => tag === etag);
}

/** 404 in words; it must not be kept, since what is not there yet may come. */
export async function sendAbsent(reply: FastifyReply, why: string): Promise<void> {
  void reply.headers({ ...READ_BY_ANYBODY, 'cache-control': 'no-store' });
  await reply.status(404).type('text/plain; charset=utf-8').send(`${why}\n`);
}
