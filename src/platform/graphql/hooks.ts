import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import type { FastifyRequest } from 'fastify';
import type { RequestHooks } from '../http/request-hooks.js';
import type { Metrics } from '../metrics/metrics.js';
import type { GraphqlContext } from './context.js';
import { checkedVariables, type Variables } from './variables.js';

interface KnownDocument {
  readonly several: boolean;
  readonly operation: string;
  readonly field: string;
}

type HookContext = Partial<GraphqlContext> & { document?: KnownDocument; _connectionInit?: unknown };

const known = new WeakMap<DocumentNode, KnownDocument>();

function knownDocument(document: DocumentNode): KnownDocument {
  const found = known.get(document);
  if (found !== undefined) return found;
  const operations = document.definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === 'OperationDefinition',
  );
  const first = operations[0]?.selectionSet.selections[0];
  const field = first?.kind === 'Field' ? first.name.value : 'fragment';
  const made = { several: operations.length > 1, operation: operations[0]?.operation ?? 'query', field };
  known.set(document, made);
  return made;
}

/** What happens around each operation: timing, and what Mercurius leaves to us. */
export function operationHooks(rules: readonly ValidationRule[], requestHooks: RequestHooks, metrics: Metrics) {
  return {
    /**
     * Mercurius keeps one compiled query a document, for the operation that it met first: a document with several
     * operations is handed back, which keeps it from being compiled. The variables of what may be compiled are judged.
     */
    preExecution: async (
      schema: GraphQLSchema,
      document: DocumentNode,
      context: HookContext,
      variables?: Variables | null,
    ) => {
      const about = knownDocument(document);
      context.document = about;
      return about.several ? { document } : { variables: checkedVariables(schema, document, variables ?? {}) };
    },
    onResolution: async (_execution: unknown, context: HookContext) => {
      const { document, startedAt } = context;
      if (document === undefined || startedAt === undefined) return;
      metrics.observeOperation(document.operation, document.field, (performance.now() - startedAt) / 1000);
    },
    /** Mercurius neither validates a subscription nor lets anybody see who connects. */
    preSubscriptionExecution: async (schema: GraphQLSchema, document: DocumentNode, context: HookContext) => {
      const [error] = validate(schema, document, [...specifiedRules, ...rules]);
      if (error !== undefined) throw error;
      const { request } = context;
      if (request === undefined) throw new GraphQLError('A subscription without a request.');
      const authorization = authorizationOf(context._connectionInit);
      if (authorization !== undefined) request.headers.authorization = authorization;
      await requestHooks.run(request);
    },
  };
}

/** `authorization` in the payload of `connection_init`, in any case, by itself or under `headers`. */
function authorizationOf(payload: unknown): FastifyRequest['headers']['authorization'] {
  if (payload === null || typeof payload !== 'object') return undefined;
  const entries = Object.entries({ ...payload, ...(payload as { headers?: object }).headers });
  const value: unknown = entries.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof value === 'string' ? value : undefined;
}
