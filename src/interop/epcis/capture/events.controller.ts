import { Inject, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { STREAMED } from '../../../platform/http/bodies.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { bodyOf } from './body-source.js';
import { sentAs } from './capture.controller.js';
import { SingleEvent } from './single-event.service.js';

/** `POST /epcis/events`: one event, stored when it is answered. */
@EpcisController('events')
export class EventIntakeController {
  constructor(@Inject(SingleEvent) private readonly single: SingleEvent) {}

  @Allow('capture')
  @RouteConfig(STREAMED)
  @Post()
  async take(@CurrentActor() actor: Actor, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const event = await this.single.take(actor, bodyOf(request), sentAs(request).mediaType);
    await reply
      .status(201)
      .header('location', `/epcis/events/${encodeURIComponent(event.eventID!)}`)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(event));
  }
}
