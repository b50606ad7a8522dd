import { Readable } from 'node:stream';
import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { orderId } from './order-id.js';
import { SerialNumbersService } from '../../partners/serials/serial-numbers.service.js';

/** Bytes of one line: 12 characters and the line feed. */
const LINE = 13;

@Controller('serial-orders')
export class SerialOrdersController {
  constructor(private readonly serials: SerialNumbersService) {}

  /** All serial numbers of an order, one a line, streamed; the length is known, so a client can show its progress. */
  @Allow('commission')
  @Get(':id/serials.txt')
  @Header('cache-control', 'private, no-store')
  async download(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    const order = await this.serials.find(actor.organisationId, orderId(id));
    return new StreamableFile(Readable.from(this.serials.lines(order)), {
      type: 'text/plain; charset=utf-8',
      length: order.quantity * LINE,
    });
  }
}
