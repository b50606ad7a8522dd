import { equalBytes, hexToBytes } from '../../domain/bytes.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import type { LogReader } from '../log/log-reader.js';
import { treeState } from '../log/tile.store.js';
import { type Anchorage, lastFinalBlock, nextNonce, openSlots, progress, recordLoss } from './anchor.store.js';
import type { AnchorChain, ChainHead, ChainView } from './chain-port.js';
import { NEVER } from './contract-calls.js';
import { forgottenFrom } from './machine.js';
import { Halt } from './problem.js';

/** Compares what a chain shows with what our log and our records say, before anything is done about it. */
export class HeadWatch {
  private behindSince: number | undefined;

  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
    private readonly chain: AnchorChain,
    private readonly anchorage: Anchorage,
    private readonly lossPatienceMs: number,
    private readonly now: () => number,
  ) {}

  /** The chain's head must be a tree that our log had; else the log, or this database, was rewritten or cut. Throws Halt. */
  async requirePrefix(head: ChainHead): Promise<void> {
    if (head.publisher !== NEVER.publisher && head.publisher !== this.chain.publisher) {
      const who = `The log's publisher on the chain is ${head.publisher}, we are ${this.chain.publisher}.`;
      throw new Halt('NOT_PUBLISHER', who);
    }
    if (head.size === 0) return;
    const tree = await treeState(this.database, this.anchorage.log);
    if (tree === null || head.size > tree.size) {
      throw new Halt('CHAIN_AHEAD', `The chain has ${head.size} entries of the log, the database ${tree?.size ?? 0}.`);
    }
    const root = await this.reader.root(this.anchorage.log, head.size);
    if (equalBytes(root, hexToBytes(head.root.slice(2)))) return;
    throw new Halt('CHAIN_FORKED', `The chain's root of the first ${head.size} entries is not that of our log.`);
  }

  /**
   * A chain that forgot what was final on it (an embedded node killed between two dumps, a test net that was started anew)
   * is anchored again from its head. Nodes that only lag are waited for. Throws Halt CHAIN_BEHIND.
   */
  async forgiveLoss(view: ChainView, look: () => Promise<ChainView | null>): Promise<void> {
    const lost = (await this.lossIn(() => Promise.resolve(view))) && (await this.lossIn(look));
    if (!lost) {
      this.behindSince = undefined;
      return;
    }
    this.behindSince ??= this.now();
    const waited = this.now() - this.behindSince;
    const onlyNonces = lost.view.final.size >= lost.finalSize;
    if (waited < this.lossPatienceMs || !(onlyNonces || (await this.forgotFinalBlock()))) {
      const shown = lost.view.final.size;
      throw new Halt('CHAIN_BEHIND', `The chain shows ${shown} entries as final, it had shown ${lost.finalSize}.`);
    }
    const { nonce, final } = lost.view;
    await this.database.transaction((tx) => recordLoss(tx, this.anchorage, nonce, final.size));
    this.behindSince = undefined;
  }

  /** The block of our newest final anchor is gone for good, or there is none. */
  private async forgotFinalBlock(): Promise<boolean> {
    const block = await lastFinalBlock(this.database, this.anchorage);
    return block === null || this.chain.forgot(block.number, block.hash);
  }

  /**
   * What the chain lacks of what the database knows. A look that is older than the reading proves nothing: another
   * anchorer may have gone on in between. So whoever wants to be sure looks after reading.
   */
  private async lossIn(look: () => Promise<ChainView | null>): Promise<{ view: ChainView; finalSize: number } | null> {
    const [slots, next, { finalSize }] = await this.known(this.database);
    const view = await look();
    if (view === null) return null;
    const open = new Set(slots.flatMap(({ nonce }) => nonce ?? []));
    const forgotten = forgottenFrom(view.nonce, next ?? 0, open) !== null || view.final.size < finalSize;
    return forgotten ? { view, finalSize } : null;
  }

  private known(sql: Queryable) {
    return Promise.all([openSlots(sql, this.anchorage), nextNonce(sql, this.anchorage), progress(sql, this.anchorage)]);
  }
}
