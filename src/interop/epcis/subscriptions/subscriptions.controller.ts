import { Body, Delete, Get, HttpCode, Options, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { PageTokens } from '../paging/page-tokens.js';
import { NamedQueries } from '../queries/named-queries.service.js';
import { sendJson } from '../queries/send-json.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { Exchange, type EpcisExchange } from '../rest/exchange.js';
import { subscriptionView } from './subscription-view.js';
import { Subscriptions } from './subscriptions.service.js';

/** `/epcis/queries/{name}/subscriptions`: who is told of a query's results. */
@Allow('read')
@EpcisController('queries/:name/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly named: NamedQueries,
    private readonly tokens: PageTokens,
  ) {}

  @Options()
  async discover(@CurrentActor() actor: Actor, @Param('name') name: string, @Res() reply: FastifyReply): Promise<void> {
    await this.named.one(actor, name);
    sendDiscovery(reply, ['GET', 'POST']);
  }

  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { perPage, cursor } = await this.tokens.read(request, actor);
    const { subscriptions, next } = await this.subscriptions.page(actor, name, cursor, perPage);
    await this.tokens.offer(request, reply, actor, next);
    sendJson(request, reply, subscriptions.map(subscriptionView));
  }

  @Allow('subscribe')
  @Post()
  async create(
    @CurrentActor() actor: Actor,
    @Exchange() exchange: EpcisExchange,
    @Param('name') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const made = await this.subscriptions.create(actor, name, body, exchange);
    const location = `/epcis/queries/${encodeURIComponent(name)}/subscriptions/${made.id}`;
    void reply.status(201).header('location', location);
    sendJson(request, reply, subscriptionView(made));
  }

  @Options(':id')
  async discoverOne(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { minRecordTime } = await this.subscriptions.one(actor, name, id);
    sendDiscovery(reply, ['GET', 'DELETE'], { 'GS1-Query-Min-Record-Time': minRecordTime.toISOString() });
  }

  @Get(':id')
  async one(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendJson(request, reply, subscriptionView(await this.subscriptions.one(actor, name, id)));
  }

  @Allow('subscribe')
  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentActor() actor: Actor, @Param('name') name: string, @Param('id') id: string): Promise<void> {
    return this.subscriptions.remove(actor, name, id);
  }
}
