import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../../access/marks.js';
import { checkpointAnchorRuntimeHash } from '../../platform/chain/generated/checkpoint-anchor.js';
import { Database } from '../../platform/database/database.js';
import { type ChainRow, chainRows } from '../anchor/chain-status.store.js';
import { LOG, Transparency } from '../transparency.service.js';

/** What a verifier must know beforehand: save it once, and receipts are checked against it (docs/formats/receipt.md). */
@Controller('.well-known')
export class IdentityController {
  constructor(
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(Database) private readonly database: Database,
  ) {}

  /** The anchors are what the worker wrote down: this process may have neither chain nor key. */
  @Public()
  @Get('halisi.json')
  @Header('cache-control', 'public, max-age=300')
  async identity() {
    const { origin, vkey } = this.transparency.identity;
    const anchors = (await chainRows(this.database, LOG)).map(anchorOf);
    return { logs: [{ origin, keys: [vkey], url: '/log', anchors }] };
  }
}

/** A public chain has nodes that everybody knows; the embedded one has its own alone. */
function anchorOf({ chainId, contract, logId, publisher, publicRpc }: ChainRow) {
  const rpc = publicRpc === null ? {} : { rpc: publicRpc };
  return { chainId, contract, logId, publisher, codeHash: checkpointAnchorRuntimeHash, ...rpc };
}
