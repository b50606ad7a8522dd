import type DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';

/** What every resolver gets: `@Context() context: GraphqlContext`. */
export interface GraphqlContext {
  readonly request: FastifyRequest;
  readonly requestId: string;
  /** Loaders of this request; made at first use by `loaderOf`. */
  readonly loaders: Map<symbol, DataLoader<unknown, unknown>>;
}

export function contextOf(request: FastifyRequest): GraphqlContext {
  return { request, requestId: request.id, loaders: new Map() };
}
