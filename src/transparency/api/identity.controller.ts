import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../../access/marks.js';
import { checkpointAnchorRuntimeHash } from '../../platform/chain/generated/checkpoint-anchor.js';
import { Transparency } from '../transparency.service.js';

/** What a verifier must know beforehand: save it once, and receipts are checked against it (docs/formats/receipt.md). */
@Controller('.well-known')
export class IdentityController {
  constructor(@Inject(Transparency) private readonly transparency: Transparency) {}

  @Public()
  @Get('halisi.json')
  @Header('cache-control', 'public, max-age=300')
  identity() {
    const { origin, vkey, chainId, contract, logId, publisher } = this.transparency.identity;
    const anchor = { chainId, contract, logId, publisher, codeHash: checkpointAnchorRuntimeHash };
    return { logs: [{ origin, keys: [vkey], url: '/log', anchors: [anchor] }] };
  }
}
