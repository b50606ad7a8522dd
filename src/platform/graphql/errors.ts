import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type pino from 'pino';
import { problemOf } from '../http/problem.js';

/** The deepest error that another one only carries: Mercurius and graphql-js wrap what a resolver threw. */
export function originOf(error: unknown): unknown {
  let origin = error;
  for (let depth = 0; depth < 5 && origin instanceof Error; depth++) {
    const inner: unknown = (origin as { originalError?: unknown }).originalError;
    if (!(inner instanceof Error) || inner === origin) break;
    origin = inner;
  }
  return origin;
}

/**
 * What a client sees of one error: a stable `extensions.code`, and `details` where the domain gives them. What nobody
 * foresaw is INTERNAL with the request's id, and is logged.
 */
export function formatError(error: unknown, requestId: string, log: pino.BaseLogger): GraphQLFormattedError {
  const origin = originOf(error);
  const { path, locations } = placeOf(error);
  const answer = (message: string, code: string, details?: unknown): GraphQLFormattedError => ({
    message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, requestId, ...(details !== undefined && { details }) },
  });
  if (isAboutVariables(error)) return answer(error.message, 'BAD_USER_INPUT');
  const problem = problemOf(origin);
  if (problem !== undefined) return answer(problem.message, problem.code, problem.details);
  if (origin instanceof GraphQLError) {
    const code = origin.extensions['code'];
    if (typeof code === 'string') return answer(origin.message, code, origin.extensions['details']);
    return answer(origin.message, isAboutInput(origin) ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED');
  }
  log.error({ err: origin, requestId }, 'A resolver failed unexpectedly.');
  return answer('Something went wrong on our side. The request id helps to find out what.', 'INTERNAL');
}

function placeOf(error: unknown): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  const { path, locations } = error as {
    path?: GraphQLFormattedError['path'];
    locations?: GraphQLFormattedError['locations'];
  };
  return { ...(path && { path }), ...(locations && { locations }) };
}

/**
 * A variable that does not fit its type, which graphql-js says in words alone. What a scalar threw is behind it, and may
 * be anything. Whatever a resolver throws has a path.
 */
function isAboutVariables(error: unknown): error is Error {
  return error instanceof Error && placeOf(error).path === undefined && error.message.startsWith('Variable "$');
}

/** An argument in the document itself that does not fit its type. */
function isAboutInput(error: GraphQLError): boolean {
  return /^(Expected value of type|Argument ")|got invalid value/.test(error.message);
}

/** All errors of one execution: Mercurius puts those of validation together in one. */
export function flattenErrors(errors: readonly unknown[]): unknown[] {
  return errors.flatMap((error) => {
    const inner =
      (error as { originalError?: { errors?: unknown } }).originalError?.errors ??
      (error as { errors?: unknown }).errors;
    return Array.isArray(inner) && inner.length > 0 ? inner.map(asGraphQLError) : [error];
  });
}

function asGraphQLError(error: unknown): unknown {
  if (error instanceof GraphQLError || !(error instanceof Error)) return error;
  return new GraphQLError(error.message);
}
