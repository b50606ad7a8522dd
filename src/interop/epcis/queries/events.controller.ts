import { Get, Options, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../../access/marks.js';
import type { Purpose } from '../../../access/purpose.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { noSuch } from '../rest/epcis-problem.js';
import { Exchange, type EpcisExchange } from '../rest/exchange.js';
import { EventDocuments } from '../rest/event-documents.service.js';
import { queryIn } from './address.js';
import { EventPages } from './event-pages.js';
import { EventQueries } from './event-queries.js';

/** `/epcis/events`: SimpleEventQuery, and single events. A WebSocket at the same address is answered by `SocketDoor`. */
@Allow('read')
@EpcisController('events')
export class EventsController {
  constructor(
    private readonly queries: EventQueries,
    private readonly pages: EventPages,
    private readonly documents: EventDocuments,
  ) {}

  @Options()
  discoverAll(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['GET', 'POST']);
  }

  @Get()
  async page(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = this.queries.parseUrl(queryIn(request), exchange.namespaces);
    await this.pages.send(request, reply, { actor, purpose }, exchange, query);
  }

  @Options(':eventID')
  discover(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['GET']);
  }

  @Get(':eventID')
  async one(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Exchange() exchange: EpcisExchange,
    @Param('eventID') eventID: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const event = await this.queries.byId({ actor, purpose }, eventID);
    if (event === null) throw noSuch(`event ${eventID.slice(0, 200)}`);
    await this.documents.send(reply, exchange, { events: [event] });
  }
}
