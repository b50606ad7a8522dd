import { Inject, Injectable } from '@nestjs/common';
import { checkpointAnchorRuntimeHash } from '../../platform/chain/generated/checkpoint-anchor.js';
import { Database } from '../../platform/database/database.js';
import { type ChainRow, chainRows } from '../anchor/chain-status.store.js';
import { LOG, Transparency } from '../transparency.service.js';

/** What a verifier must know beforehand (docs/formats/receipt.md): `/.well-known/halisi.json`. */
@Injectable()
export class TrustDocument {
  constructor(
    @Inject(Transparency) private readonly transparency: Transparency,
    @Inject(Database) private readonly database: Database,
  ) {}

  /** The anchors are what the worker wrote down: this process may have neither chain nor key. */
  async read() {
    const { origin, keys, policy } = this.transparency.identity;
    const anchors = (await chainRows(this.database, LOG)).map(anchorOf);
    return { logs: [{ origin, keys, url: '/log', anchors, ...(policy === undefined ? {} : { policy }) }] };
  }
}

/** A public chain has nodes that everybody knows; the embedded one has its own alone. */
function anchorOf({ chainId, contract, logId, publisher, publicRpc }: ChainRow) {
  const rpc = publicRpc === null ? {} : { rpc: publicRpc };
  return { chainId, contract, logId, publisher, codeHash: checkpointAnchorRuntimeHash, ...rpc };
}
