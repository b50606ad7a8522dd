import { Delete, HttpCode, Options, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { sendDiscovery } from '../rest/discovery.js';
import { EpcisController } from '../rest/epcis-controller.js';
import { PageTokens } from './page-tokens.js';

/** `/epcis/nextPageToken/{token}`: who has seen enough ends a token. */
@Allow('read')
@EpcisController('nextPageToken')
export class PageTokensController {
  constructor(private readonly tokens: PageTokens) {}

  @Options(':token')
  discover(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['DELETE']);
  }

  @Delete(':token')
  @HttpCode(204)
  end(@CurrentActor() actor: Actor, @Param('token') token: string): Promise<void> {
    return this.tokens.end(actor, token);
  }
}
