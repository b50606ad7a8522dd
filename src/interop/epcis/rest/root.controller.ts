import { Get, Options, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Authenticated } from '../../../access/marks.js';
import { sendDiscovery } from './discovery.js';
import { EpcisController } from './epcis-controller.js';
import { Exchange, type EpcisExchange } from './exchange.js';
import { sendCollection } from './send-resource.js';

const TOP_LEVEL = [
  'queries',
  'capture',
  'events',
  'eventTypes',
  'epcs',
  'readPoints',
  'bizLocations',
  'dispositions',
  'bizSteps',
] as const;

/** `/epcis`: what there is. */
@Authenticated()
@EpcisController()
export class EpcisRootController {
  @Options()
  discover(@Res() reply: FastifyReply): void {
    sendDiscovery(reply, ['GET']);
  }

  @Get()
  resources(@Exchange() exchange: EpcisExchange, @Res() reply: FastifyReply): void {
    sendCollection(reply, exchange, TOP_LEVEL);
  }
}
