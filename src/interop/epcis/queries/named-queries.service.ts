import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../../access/actor.js';
import { KNOWN_NAMESPACES, type Namespaces } from '../../../domain/epcis/context.js';
import { isUniqueViolation } from '../../../platform/database/errors.js';
import { EpcisProblem, noSuch } from '../rest/epcis-problem.js';
import { NamedQueriesStore, type StoredQuery } from './named-queries.store.js';
import { EventQueries } from './event-queries.js';

/** What a query is called by itself; no named query may be. */
export const SIMPLE_EVENT_QUERY = 'SimpleEventQuery';
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._~:@+-]{0,99}$/u;
const MOST_QUERIES = 500;
const LONGEST_QUERY = 64 * 1024;

const body = z.strictObject({ name: z.string(), query: z.record(z.string(), z.unknown()) });

/** A named query as the binding shows it. */
export interface QueryDefinition {
  readonly name: string;
  readonly query: unknown;
}

/** Queries that an organisation keeps under a name, for its people and its machine clients. */
@Injectable()
export class NamedQueries {
  constructor(
    private readonly store: NamedQueriesStore,
    private readonly queries: EventQueries,
  ) {}

  /**
   * Keeps a query. Throws QueryValidationException for what is no definition, QueryParameterException for a parameter
   * that is wrong, ResourceAlreadyExistsException.
   */
  async create({ organisationId }: Actor, value: unknown, namespaces: Namespaces): Promise<QueryDefinition> {
    const { name, query } = definitionOf(value);
    const own = new Map([...namespaces].filter(([prefix, uri]) => KNOWN_NAMESPACES.get(prefix) !== uri));
    this.queries.parse(query, namespaces);
    const kept = { name, query: JSON.stringify(query), namespaces: JSON.stringify([...own]) };
    if (Buffer.byteLength(kept.query) > LONGEST_QUERY) {
      throw new EpcisProblem(
        'QueryTooComplexException',
        'QUERY_TOO_LONG',
        `A query has ${LONGEST_QUERY} bytes at most.`,
      );
    }
    try {
      if (await this.store.insert(organisationId, kept, MOST_QUERIES)) return { name, query };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = `There is a query named ${JSON.stringify(name)} already.`;
      throw new EpcisProblem('ResourceAlreadyExistsException', 'QUERY_EXISTS', message, { name });
    }
    const message = `An organisation keeps ${MOST_QUERIES} named queries at most.`;
    throw new EpcisProblem('QueryValidationException', 'TOO_MANY_QUERIES', message);
  }

  /** Throws NoSuchNameException. */
  async one({ organisationId }: Actor, name: string): Promise<StoredQuery> {
    const found = isName(name) ? await this.store.one(organisationId, name) : undefined;
    if (!found) throw noSuch(`query named ${JSON.stringify(name.slice(0, 100))}`);
    return found;
  }

  /** By name; the cursor of the next page is the last name of this one. */
  async page(actor: Actor, cursor: string | undefined, perPage: number) {
    const found = await this.store.page(actor.organisationId, cursor ?? '', perPage + 1);
    const queries = found.slice(0, perPage);
    return { queries: queries.map(shown), next: found.length > perPage ? queries.at(-1)!.name : null };
  }

  /** Removes a query and its subscriptions. Throws NoSuchNameException. */
  async remove({ organisationId }: Actor, name: string): Promise<void> {
    if (isName(name) && (await this.store.remove(organisationId, name))) return;
    throw noSuch(`query named ${JSON.stringify(name.slice(0, 100))}`);
  }
}

export const shown = ({ name, query }: StoredQuery): QueryDefinition => ({ name, query: JSON.parse(query) as unknown });

/** The prefixes that a stored query may use. */
export const namespacesIn = ({ namespaces }: Pick<StoredQuery, 'namespaces'>): Namespaces =>
  new Map([...KNOWN_NAMESPACES, ...(JSON.parse(namespaces) as [string, string][])]);

const isName = (name: string): boolean => NAME.test(name);

function definitionOf(value: unknown): z.infer<typeof body> {
  const parsed = body.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const member = issue!.path.join('.') || 'the body';
    throw refused(member, `${member}: ${issue!.message}. Expected {"name": …, "query": {…}}.`);
  }
  const { name } = parsed.data;
  if (!isName(name) || name === SIMPLE_EVENT_QUERY) {
    const expected = 'letters, digits, spaces and ._~:@+-, 100 at most, and not SimpleEventQuery';
    throw refused('name', `name: Expected ${expected}; got ${JSON.stringify(name.slice(0, 100))}.`);
  }
  return parsed.data;
}

const refused = (member: string, message: string): EpcisProblem =>
  new EpcisProblem('QueryValidationException', 'QUERY_DEFINITION_INVALID', message, { member });
