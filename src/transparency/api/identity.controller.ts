import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../../access/marks.js';
import { TrustDocument } from './trust-document.js';

/** What a verifier must know beforehand: save it once, and receipts are checked against it (docs/formats/receipt.md). */
@Controller('.well-known')
export class IdentityController {
  constructor(@Inject(TrustDocument) private readonly document: TrustDocument) {}

  @Public()
  @Get('halisi.json')
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  identity() {
    return this.document.read();
  }
}
