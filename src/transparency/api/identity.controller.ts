import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../../access/marks.js';
import { checkpointAnchorRuntimeHash } from '../../platform/chain/generated/checkpoint-anchor.js';
import { Chain } from '../../platform/chain/chain.js';
import { Transparency } from '../transparency.service.js';

/** What a verifier must know beforehand: save it once, and receipts are checked against it (docs/formats/receipt.md). */
@Controller('.well-known')
export class IdentityController {
  constructor(
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(Chain) private readonly chain: Chain,
  ) {}

  @Public()
  @Get('halisi.json')
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  identity() {
    const { origin, vkey, chainId, contract, logId, publisher } = this.transparency.identity;
    const anchor = { chainId, contract, logId, publisher, codeHash: checkpointAnchorRuntimeHash, ...this.node() };
    return { logs: [{ origin, keys: [vkey], url: '/log', anchors: [anchor] }] };
  }

  /** A public chain has nodes that everybody knows; the embedded one has this alone. */
  private node(): { rpc?: string } {
    return this.chain.embedded ? { rpc: this.chain.rpcUrl } : {};
  }
}
