import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/marks.js';
import { Config } from '../platform/config/config.js';
import { ReceiptDesk } from '../trace/receipts/receipt-desk.service.js';
import { ReceiptRefusedError } from '../trace/receipts/receipt-refusals.js';
import { positionIn, requestOf } from '../trace/receipts/receipts.controller.js';
import { CODES_STYLE, codesPage, partSvg, receiptParts } from './receipt-codes.js';

const STYLE_HASH = createHash('sha256').update(CODES_STYLE).digest('base64');

/** A pack's receipt as QR codes: a page to print, or one code as an image. */
@Allow('read')
@Controller('log/receipt/:position/codes')
export class ReceiptCodesController {
  constructor(
    @Inject(ReceiptDesk) private readonly desk: ReceiptDesk,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get()
  async page(
    @Param('position') position: string,
    @Query('epc') epc: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parts = await this.parts(position, epc, request);
    const stem = this.config.http.publicUrl ?? `${request.protocol}://${request.host}`;
    const html = await codesPage(parts, { title: `Receipt of ${epc}`, verify: `${stem}/verify.html` });
    const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;
    await safe(reply).header('content-security-policy', policy).type('text/html; charset=utf-8').send(html);
  }

  /** `/1.svg`, `/2.svg`, ...; the header `halisi-parts` says how many there are. */
  @Get(':part')
  async part(
    @Param('position') position: string,
    @Param('part') name: string,
    @Query('epc') epc: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parts = await this.parts(position, epc, request);
    const text = parts[Number(/^([1-9]\d{0,2})\.svg$/.exec(name)?.[1] ?? 0) - 1];
    if (text === undefined) throw invalid(`Expected 1.svg to ${parts.length}.svg, got ${JSON.stringify(name)}.`);
    await safe(reply)
      .header('halisi-parts', String(parts.length))
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type('image/svg+xml')
      .send(partSvg(text));
  }

  private async parts(place: string, epc: string | undefined, request: FastifyRequest): Promise<string[]> {
    const position = positionIn(place);
    if (typeof epc !== 'string' || epc === '') {
      throw invalid('Expected /log/receipt/POSITION/codes?epc=DIGITAL_LINK.');
    }
    const asker = requestOf(request, 'GET /log/receipt/codes');
    return receiptParts((await this.desk.pack(asker, position, epc)).receipt);
  }
}

const safe = (reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', 'private, no-store').header('x-content-type-options', 'nosniff');

const invalid = (message: string): ReceiptRefusedError => new ReceiptRefusedError('RECEIPT_REQUEST_INVALID', message);
