import type { FastifyRequest } from 'fastify';
import type { Config } from '../../platform/config/config.js';

/** What clients outside call this server, without a slash at the end: PUBLIC_URL, else as it was asked. */
export const rootOf = ({ http }: Pick<Config, 'http'>, { protocol, host }: FastifyRequest): string =>
  http.publicUrl ?? `${protocol}://${host}`;
