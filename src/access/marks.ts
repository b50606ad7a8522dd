import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import type { GraphqlContext } from '../platform/graphql/context.js';
import type { Ability } from './abilities.js';
import type { Actor } from './actor.js';
import { UnauthenticatedError } from './errors.js';
import { parsePurpose, type Purpose } from './purpose.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who makes the request; undefined for a stranger. */
    actor?: Actor;
    /** Why the access token that came with the request does not count. */
    actorRefused?: UnauthenticatedError;
  }
}

/** Who may call a resolver or a route. */
export type Mark = 'public' | 'authenticated' | { readonly ability: Ability };
export const MARK = 'halisi:access';

/** Anybody may call this. */
export const Public = () => SetMetadata<string, Mark>(MARK, 'public');
/** Whoever is signed in may call this. */
export const Authenticated = () => SetMetadata<string, Mark>(MARK, 'authenticated');
/** Those may call this who have the ability (`abilities.ts`). */
export const Allow = (ability: Ability) => SetMetadata<string, Mark>(MARK, { ability });

/** Marks a handler of a floor below, which cannot name us. */
export function markPublic(handler: object): void {
  Reflect.defineMetadata(MARK, 'public' satisfies Mark, handler);
}

export function requestOf(context: ExecutionContext): FastifyRequest {
  if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest<FastifyRequest>();
  return GqlExecutionContext.create(context).getContext<GraphqlContext>().request;
}

/** The actor of a request, or undefined for a stranger. Throws UnauthenticatedError for a token that does not count. */
export function actorOf(request: FastifyRequest): Actor | undefined {
  if (request.actorRefused !== undefined) throw request.actorRefused;
  return request.actor;
}

/** The actor of a request. Throws UnauthenticatedError for a stranger. */
export function requiredActorOf(request: FastifyRequest): Actor {
  const actor = actorOf(request);
  if (actor === undefined) throw new UnauthenticatedError('missing', 'This needs an access token: sign in first.');
  return actor;
}

/** The signed-in actor, as a parameter of a resolver or a route. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  requiredActorOf(requestOf(context)),
);

/** The actor, or undefined for a stranger, where a public answer says more to those who are signed in. */
export const MaybeActor = createParamDecorator((_: unknown, context: ExecutionContext) => actorOf(requestOf(context)));

/** The address that a request came from. */
export const Address = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).ip);

/** Why the request reads: its argument `purpose`, else its header `Halisi-Purpose`, else the operation's usual one. */
export const ReadPurpose = createParamDecorator((usual: Purpose, context: ExecutionContext): Purpose => {
  const graphql = context.getType<string>() === 'graphql';
  const said = graphql ? GqlExecutionContext.create(context).getArgs<{ purpose?: string | null }>().purpose : undefined;
  return purposeOf(requestOf(context), usual, said);
});

/** As `ReadPurpose`, for a door that has the request in hand. */
export function purposeOf(request: FastifyRequest, usual: Purpose, said?: string | null): Purpose {
  const header = request.headers['halisi-purpose'];
  return parsePurpose(said ?? (Array.isArray(header) ? header[0] : header), usual);
}
