import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/marks.js';
import { Config } from '../../platform/config/config.js';
import { openapiDocument } from './openapi-document.js';

/** `/openapi.json`: what the server answers by REST. */
@Public()
@Controller()
export class OpenapiController {
  constructor(@Inject(Config) private readonly config: Config) {}

  @Get('openapi.json')
  async document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const url = this.config.http.publicUrl ?? `${request.protocol}://${request.host}`;
    await reply
      .header('cache-control', 'public, max-age=300')
      .header('access-control-allow-origin', '*')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(openapiDocument(url)));
  }
}
