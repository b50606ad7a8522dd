import type DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';

/** What every resolver gets: `@Context() context: GraphqlContext`. */
export interface GraphqlContext {
  readonly request: FastifyRequest;
  readonly requestId: string;
  /** A subscription, whose context lives as long as its connection: loaders batch and keep nothing. */
  readonly live: boolean;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Loaders of this request; made at first use by `loaderOf`. */
  readonly loaders: Map<symbol, DataLoader<unknown, unknown>>;
}

export function contextOf(request: FastifyRequest, live = false): GraphqlContext {
  return { request, requestId: request.id, live, startedAt: performance.now(), loaders: new Map() };
}
