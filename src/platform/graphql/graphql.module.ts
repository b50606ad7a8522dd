import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { type BuildSchemaOptions, GraphQLModule } from '@nestjs/graphql';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { ConfigValues } from '../config/config.js';
import { Config } from '../config/config.js';
import { Log } from '../logging.js';
import { contextOf, type GraphqlContext } from './context.js';
import { flattenErrors, formatError } from './errors.js';
import { limitRules } from './limits.js';

/** GraphQL at /graphql: queries and mutations by POST, subscriptions over WebSocket (graphql-transport-ws). */
export function graphqlModule(): DynamicModule {
  return GraphQLModule.forRootAsync<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    inject: [Config, Log],
    useFactory: (config: Config, log: Log) => options(config, log),
  });
}

/** How decorators become a schema; the same for the server and for the printed schema. */
export const buildSchemaOptions: BuildSchemaOptions = { numberScalarMode: 'integer', dateScalarMode: 'isoDate' };

function options(config: ConfigValues, log: Log): Omit<MercuriusDriverConfig, 'driver'> {
  const answer = (execution: ExecutionResult, requestId: string) => ({
    data: execution.data ?? null,
    errors: flattenErrors(execution.errors ?? []).map((error) => formatError(error, requestId, log.pino)),
  });
  return {
    autoSchemaFile: true,
    sortSchema: true,
    buildSchemaOptions,
    path: '/graphql',
    graphiql: config.graphql.graphiql,
    jit: 1,
    cache: 1000,
    allowBatchedQueries: true,
    validationRules: limitRules(config.graphql),
    context: (request: FastifyRequest) => contextOf(request),
    errorFormatter: (execution: ExecutionResult, context: { reply?: FastifyReply } & Partial<GraphqlContext>) => {
      const request = context.request ?? context.reply?.request;
      const started = execution.data != null;
      return { statusCode: started ? 200 : statusOf(execution), response: answer(execution, request?.id ?? 'none') };
    },
    hooks: { preExecution: ownDocument },
    subscription: {
      fullWsTransport: false,
      context: (_socket: unknown, request: FastifyRequest) => contextOf(request),
    },
  } as unknown as Omit<MercuriusDriverConfig, 'driver'>;
}

/** Requests that never ran because they were malformed are 400; everything else is an answer, so 200. */
function statusOf(execution: ExecutionResult & { statusCode?: number }): number {
  const [first] = execution.errors ?? [];
  const status = (first?.originalError as { statusCode?: number } | undefined)?.statusCode ?? execution.statusCode;
  return status !== undefined && status >= 400 && status < 500 ? status : 200;
}

const severalOperations = new WeakMap<DocumentNode, boolean>();

/**
 * Mercurius keeps one compiled query a document, for the operation that it met first: a document with several operations
 * is handed back, which keeps it from being compiled.
 */
async function ownDocument(_schema: unknown, document: DocumentNode): Promise<{ document: DocumentNode } | undefined> {
  let several = severalOperations.get(document);
  if (several === undefined) {
    several = document.definitions.filter(({ kind }) => kind === 'OperationDefinition').length > 1;
    severalOperations.set(document, several);
  }
  return several ? { document } : undefined;
}
