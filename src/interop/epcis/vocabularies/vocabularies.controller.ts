import { Get, Options, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../../access/marks.js';
import type { Purpose } from '../../../access/purpose.js';
import { PageTokens } from '../paging/page-tokens.js';
import { queryIn } from '../queries/address.js';
import { EventPages } from '../queries/event-pages.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { Exchange, type EpcisExchange } from '../rest/exchange.js';
import { sendCollection } from '../rest/send-resource.js';
import { Vocabularies } from './vocabularies.service.js';

/**
 * `/epcis/eventTypes`, `epcs`, `bizSteps`, `bizLocations`, `readPoints`, `dispositions`: what events use, and the events of
 * each. Resources that have controllers of their own go before.
 */
@Allow('read')
@EpcisController()
export class VocabulariesController {
  constructor(
    private readonly vocabularies: Vocabularies,
    private readonly pages: EventPages,
    private readonly tokens: PageTokens,
  ) {}

  @Options(':resource')
  discover(@Param('resource') resource: string, @Res() reply: FastifyReply): void {
    this.vocabularies.mustBeResource(resource);
    sendDiscovery(reply, ['GET']);
  }

  @Get(':resource')
  async list(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Param('resource') resource: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { perPage, cursor } = await this.tokens.read(request, actor);
    const { members, next } = await this.vocabularies.page({ actor, purpose }, resource, cursor, perPage);
    await this.tokens.offer(request, reply, actor, next);
    sendCollection(reply, exchange, members);
  }

  @Options(':resource/:value')
  discoverOne(@Param('resource') resource: string, @Res() reply: FastifyReply): void {
    this.vocabularies.mustBeResource(resource);
    sendDiscovery(reply, ['GET']);
  }

  @Get(':resource/:value')
  async one(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Param('resource') resource: string,
    @Param('value') value: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.vocabularies.mustBeThere({ actor, purpose }, resource, value, exchange.namespaces);
    sendCollection(reply, exchange, ['events']);
  }

  @Options(':resource/:value/events')
  discoverEvents(@Param('resource') resource: string, @Res() reply: FastifyReply): void {
    this.vocabularies.mustBeResource(resource);
    sendDiscovery(reply, ['GET']);
  }

  @Get(':resource/:value/events')
  async events(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Param('resource') resource: string,
    @Param('value') value: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = this.vocabularies.queryOf(resource, value, queryIn(request), exchange.namespaces);
    await this.pages.send(request, reply, { actor, purpose }, exchange, query);
  }
}
