import { Body, Delete, Get, HttpCode, Options, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../../access/marks.js';
import type { Purpose } from '../../../access/purpose.js';
import { PageTokens } from '../paging/page-tokens.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { Exchange, type EpcisExchange } from '../rest/exchange.js';
import { EventPages } from './event-pages.js';
import { queryIn } from './address.js';
import { parametersIn } from './parameters.js';
import { sendJson } from './send-json.js';
import { NamedQueries, namespacesIn, shown } from './named-queries.service.js';
import { EventQueries } from './event-queries.js';

/** `/epcis/queries`: named queries and their results. */
@Allow('read')
@EpcisController('queries')
export class QueriesController {
  constructor(
    private readonly named: NamedQueries,
    private readonly queries: EventQueries,
    private readonly pages: EventPages,
    private readonly tokens: PageTokens,
  ) {}

  @Options()
  discover(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['GET', 'POST']);
  }

  @Get()
  async list(@CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { perPage, cursor } = await this.tokens.read(request, actor);
    const { queries, next } = await this.named.page(actor, cursor, perPage);
    await this.tokens.offer(request, reply, actor, next);
    sendJson(request, reply, queries);
  }

  @Allow('subscribe')
  @Post()
  async create(
    @CurrentActor() actor: Actor,
    @Exchange() { namespaces }: EpcisExchange,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const definition = await this.named.create(actor, body, namespaces);
    void reply.status(201).header('location', `/epcis/queries/${encodeURIComponent(definition.name)}`);
    sendJson(request, reply, definition);
  }

  @Options(':name')
  async discoverOne(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.named.one(actor, name);
    sendDiscovery(reply, ['GET', 'DELETE']);
  }

  @Get(':name')
  async one(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendJson(request, reply, shown(await this.named.one(actor, name)));
  }

  @Allow('subscribe')
  @Delete(':name')
  @HttpCode(204)
  async remove(@CurrentActor() actor: Actor, @Param('name') name: string): Promise<void> {
    await this.named.remove(actor, name);
  }

  @Options(':name/events')
  async discoverEvents(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.named.one(actor, name);
    sendDiscovery(reply, ['GET']);
  }

  /** The results of a named query; a WebSocket at the same address is answered by `SocketDoor`. */
  @Get(':name/events')
  async events(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    mustSayNothingElse(queryIn(request));
    const stored = await this.named.one(actor, name);
    const query = this.queries.parse(JSON.parse(stored.query) as Record<string, unknown>, namespacesIn(stored));
    await this.pages.send(request, reply, { actor, purpose }, exchange, query, name);
  }
}

/** A named query has its parameters already; those of a subscription are for a WebSocket. Throws QueryParameterException. */
function mustSayNothingElse(raw: string): void {
  const [first] = parametersIn(raw);
  if (first === undefined) return;
  const parameter = first[0].slice(0, 100);
  const message = `${parameter}: expected perPage and nextPageToken alone, or a WebSocket for a subscription.`;
  throw new EpcisProblem('QueryParameterException', 'PARAMETER_UNKNOWN', message, { parameter });
}
