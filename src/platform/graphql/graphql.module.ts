import type { DynamicModule } from '@nestjs/common';
import { type BuildSchemaOptions, GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { Config } from '../config/config.js';
import { BadRequestError } from '../http/problem.js';
import { RequestHooks } from '../http/request-hooks.js';
import { Log } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { contextOf, type GraphqlContext } from './context.js';
import { flattenErrors, formatError, originOf } from './errors.js';
import { operationHooks } from './hooks.js';
import { limitRules } from './limits.js';

/** GraphQL at /graphql: queries and mutations by POST, subscriptions over WebSocket (graphql-transport-ws). */
export function graphqlModule(): DynamicModule {
  return GraphQLModule.forRootAsync<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    inject: [Config, Log, RequestHooks, Metrics],
    useFactory: options,
  });
}

/** How decorators become a schema; the same for the server and for the printed schema. */
export const buildSchemaOptions: BuildSchemaOptions = { numberScalarMode: 'integer', dateScalarMode: 'isoDate' };

function options(
  config: Config,
  log: Log,
  hooks: RequestHooks,
  metrics: Metrics,
): Omit<MercuriusDriverConfig, 'driver'> {
  const rules = limitRules(config.graphql);
  return {
    autoSchemaFile: true,
    sortSchema: true,
    buildSchemaOptions,
    path: '/graphql',
    graphiql: config.graphql.graphiql,
    jit: 1,
    cache: 1000,
    allowBatchedQueries: true,
    validationRules: rules,
    context: (request: FastifyRequest) => contextOf(request),
    errorFormatter: (execution: ExecutionResult, context: { reply?: FastifyReply } & Partial<GraphqlContext>) => {
      const id = (context.request ?? context.reply?.request)?.id ?? 'none';
      const errors = flattenErrors(execution.errors ?? []).map((error) => formatError(error, id, log.pino));
      return { statusCode: statusOf(execution), response: { data: execution.data ?? null, errors } };
    },
    hooks: operationHooks(rules, hooks, metrics),
    subscription: { context: (_socket: unknown, request: FastifyRequest) => contextOf(request, true) },
  } as unknown as Omit<MercuriusDriverConfig, 'driver'>;
}

/** Requests that never ran because they were malformed are 400 and the like; everything else is an answer, so 200. */
function statusOf(execution: ExecutionResult & { statusCode?: number }): number {
  if (execution.data != null) return 200;
  const [first] = execution.errors ?? [];
  const origin = originOf(first);
  if (origin instanceof BadRequestError) return origin.status;
  const wrapped = (first?.originalError as { statusCode?: number } | undefined)?.statusCode;
  const status = wrapped ?? (origin as { statusCode?: number } | undefined)?.statusCode ?? execution.statusCode;
  return status !== undefined && status >= 400 && status < 500 ? status : 200;
}
