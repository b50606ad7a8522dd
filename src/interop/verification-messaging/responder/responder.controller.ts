import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf, Public } from '../../../access/marks.js';
import { mayAct } from '../../../access/abilities.js';
import { ForbiddenError } from '../../../access/errors.js';
import { parseGtin } from '../../../domain/gs1/gtin.js';
import { Config } from '../../../platform/config/config.js';
import { rootOf } from '../../digital-link/root.js';
import { SIGNATURE_HEADER } from '../answer-signature.js';
import { asked, contextOf, questionOf, requesterOf } from '../question.js';
import { Responder, type Shown } from './responder.service.js';
import { CREDENTIAL_HEADER } from './trading-partners.js';

type Parameters = Readonly<Record<string, unknown>>;

/**
 * GS1 Lightweight Messaging for verification of product identifiers, as a responder. Who asks is proven by an access token
 * or by a credential; no route is for anybody.
 */
@Public()
@Controller()
export class ResponderController {
  constructor(
    private readonly responder: Responder,
    private readonly config: Config,
  ) {}

  @Get('verify/gtin/:gtin/lot/:lot/ser/:ser')
  async verify(
    @Param() path: Readonly<Record<string, string>>,
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store');
    const { message, signature } = await this.responder.verify(questionOf(path, query), this.shown(request));
    await reply.header(SIGNATURE_HEADER, signature).type('application/json').send(JSON.stringify(message));
  }

  /** Whether questions about a GTIN would be answered, and by whom. */
  @Get(['checkConnectivity', 'verify/checkConnectivity'])
  async check(@Query() query: Parameters, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    const gtin = asked(() => parseGtin(String(query['gtin'] ?? '')));
    contextOf(query);
    const responderGLN = await this.responder.responderOf(gtin, requesterOf(query), this.shown(request));
    await reply.type('application/json').send(JSON.stringify({ responderGLN }));
  }

  private shown(request: FastifyRequest): Shown {
    const header = request.headers[CREDENTIAL_HEADER];
    const credential = Array.isArray(header) ? header[0] : header;
    const actor = credential === undefined ? actorOf(request) : undefined;
    if (actor !== undefined && !mayAct(actor, 'verify')) throw new ForbiddenError('This needs the ability to verify.');
    return { actor, credential, address: request.ip, root: rootOf(this.config, request) };
  }
}
