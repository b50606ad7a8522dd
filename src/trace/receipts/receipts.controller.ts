import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, purposeOf } from '../../access/marks.js';
import { DomainError } from '../../domain/errors.js';
import { RECEIPT_MEDIA_TYPE } from '../../domain/receipt/receipt.js';
import { ReceiptVisibility } from './receipt-visibility.js';
import { ReceiptsService } from '../../transparency/receipts/receipts.service.js';

/** Receipts as files. */
@Controller('log/receipt')
export class ReceiptsController {
  constructor(
    @Inject(ReceiptsService) private readonly receipts: ReceiptsService,
    @Inject(ReceiptVisibility) private readonly visibility: ReceiptVisibility,
  ) {}

  /** The receipt of one EPC's part in the event at a position: `?epc=` is its canonical Digital Link. */
  @Allow('read')
  @Get(':position')
  async receipt(
    @Param('position') text: string,
    @Query('epc') epc: string | undefined,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const position = Number(text);
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(position) || typeof epc !== 'string' || epc === '') {
      throw new DomainError('RECEIPT_REQUEST_INVALID', 'Expected /log/receipt/POSITION?epc=DIGITAL_LINK.');
    }
    const operation = 'GET /log/receipt';
    await this.visibility.require({ actor, position, epc, purpose: purposeOf(request, 'audit'), operation });
    const { text: file, evidence } = await this.receipts.forEpc(position, epc);
    await reply
      .header('cache-control', 'private, no-store')
      .header('halisi-evidence', evidence)
      .header('content-disposition', `attachment; filename="receipt-${position}.json"`)
      .type(RECEIPT_MEDIA_TYPE)
      .send(file);
  }
}
