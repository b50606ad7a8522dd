import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asker } from '../../../trace/events/events.service.js';
import { PageTokens } from '../paging/page-tokens.js';
import type { EpcisExchange } from '../rest/exchange.js';
import { EventDocuments } from '../rest/event-documents.service.js';
import type { SimpleEventQuery } from '../../../domain/epcis/query/index.js';
import { EventQueries } from './event-queries.js';

/** Answers with a page of what a query finds. */
@Injectable()
export class EventPages {
  constructor(
    private readonly queries: EventQueries,
    private readonly tokens: PageTokens,
    private readonly documents: EventDocuments,
  ) {}

  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    asker: Asker,
    exchange: EpcisExchange,
    query: SimpleEventQuery,
    queryName?: string,
  ): Promise<void> {
    const page = await this.tokens.read(request, asker.actor);
    const { events, next } = await this.queries.page(asker, query, page);
    await this.tokens.offer(request, reply, asker.actor, next);
    await this.documents.send(reply, exchange, { ...(queryName !== undefined && { queryName }), events });
  }
}
