import { Delete, Get, HttpCode, Options, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { PageTokens } from '../paging/page-tokens.js';
import { sendJson } from '../queries/send-json.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { deadLetterView } from './subscription-view.js';
import { Subscriptions } from './subscriptions.service.js';

/** What a subscriber never took: to be looked at, sent again, or given up. Our own, beside the binding. */
@Allow('read')
@EpcisController('queries/:name/subscriptions/:id/deadLetters')
export class DeadLettersController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly tokens: PageTokens,
  ) {}

  @Options()
  async discover(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.subscriptions.one(actor, name, id);
    sendDiscovery(reply, ['GET']);
  }

  @Get()
  async list(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { perPage, cursor } = await this.tokens.read(request, actor);
    const { letters, next } = await this.subscriptions.dead(actor, name, id, cursor, perPage);
    await this.tokens.offer(request, reply, actor, next);
    sendJson(request, reply, letters.map(deadLetterView));
  }

  @Allow('subscribe')
  @Post(':letter/replay')
  @HttpCode(202)
  replay(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Param('letter') letter: string,
  ): Promise<void> {
    return this.subscriptions.replay(actor, name, id, letter);
  }

  @Allow('subscribe')
  @Delete(':letter')
  @HttpCode(204)
  discard(
    @CurrentActor() actor: Actor,
    @Param('name') name: string,
    @Param('id') id: string,
    @Param('letter') letter: string,
  ): Promise<void> {
    return this.subscriptions.discard(actor, name, id, letter);
  }
}
