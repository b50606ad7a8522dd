import type { FastifyRequest } from 'fastify';

const LINGER_MS = 5000;

/**
 * Called when a request is refused before its body was read: what still comes is thrown away for a short while, so that the
 * client gets to read the answer, and then the connection is cut.
 */
export function lingerBriefly(request: FastifyRequest): void {
  const { raw } = request;
  if (raw.complete || raw.destroyed) return;
  const cut = setTimeout(() => raw.destroy(), LINGER_MS).unref();
  raw.on('error', () => undefined);
  raw.once('close', () => clearTimeout(cut));
  raw.once('end', () => clearTimeout(cut));
  raw.resume();
}
