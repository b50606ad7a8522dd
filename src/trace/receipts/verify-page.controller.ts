import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../access/marks.js';
import { RECEIPT_MEDIA_TYPE } from '../../domain/receipt/receipt.js';
import { LinkLimit } from './link-limit.js';
import { ReceiptLinks } from './receipt-links.service.js';
import { VerifyPage } from './verify-page.js';

/** What anybody may open: the page that checks receipts, and receipts by their links. */
@Public()
@Controller()
export class VerifyPageController {
  constructor(
    @Inject(VerifyPage) private readonly page: VerifyPage,
    @Inject(ReceiptLinks) private readonly links: ReceiptLinks,
    @Inject(LinkLimit) private readonly limit: LinkLimit,
  ) {}

  /** The page; `?download` to save it rather than open it. */
  @Get('verify.html')
  async verify(@Query('download') download: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    if (download !== undefined) void reply.header('content-disposition', 'attachment; filename="halisi-verify.html"');
    await asPage(reply.header('cache-control', 'public, max-age=300')).send(await this.page.html());
  }

  /** The receipt of a link: the page with the receipt in it for a browser, else the file. */
  @Get('r/:token')
  async receipt(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.limit.count(request.ip);
    const { text, position, evidence } = await this.links.open(token, 'GET /r');
    void reply
      .header('cache-control', 'private, no-store')
      .header('vary', 'accept')
      .header('x-robots-tag', 'noindex')
      .header('halisi-evidence', evidence);
    const name = `receipt-${position}.json`;
    if (request.headers.accept?.includes('text/html') === true) {
      return asPage(reply).send(await this.page.html({ name, text }));
    }
    await reply
      .header('x-content-type-options', 'nosniff')
      .header('content-disposition', `attachment; filename="${name}"`)
      .type(RECEIPT_MEDIA_TYPE)
      .send(text);
  }
}

/** The page names what it may do itself, in its own policy; that nobody frames it can be said here alone. */
const asPage = (reply: FastifyReply): FastifyReply =>
  reply
    .header('content-security-policy', "frame-ancestors 'none'")
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8');
