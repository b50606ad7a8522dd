import { equalBytes } from '../../domain/bytes.js';
import { emptyRoot, noteVerifier, openCheckpoint, signCheckpoint, verifyConsistency } from '../../domain/tlog/index.js';
import type { Database, Queryable } from '../../platform/database/database.js';
import { LogReader } from '../log/log-reader.js';
import { logState } from '../log/log.store.js';
import { type TreeState, treeState, tryLockTree } from '../log/tile.store.js';
import { type StoredCheckpoint, latestCheckpoint, publishCheckpoint, storeCheckpoint } from './checkpoint.store.js';
import type { LogSigner } from './log-key.js';

/** The tree does not extend what was signed before: nothing is signed until a person has looked. */
export class ForkRefusedError extends Error {
  override readonly name = 'ForkRefusedError';
}

/** Signs checkpoints: never one that is not shown, from the tiles, to extend the last one signed. */
export class CheckpointService {
  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
    /** Ed25519: the one that says what was signed before. */
    private readonly signer: LogSigner,
    /** Whether what is signed is public at once; else witnesses are asked first. */
    private readonly publishes = true,
    /** Further signatures of other types. */
    private readonly others: readonly LogSigner[] = [],
  ) {}

  /**
   * Signs and stores a checkpoint of all integrated entries where the last one is older; returns it, or null where there
   * was nothing to sign or another process is at it. Throws ForkRefusedError where the log was rewritten.
   */
  async sign(log: number): Promise<StoredCheckpoint | null> {
    return this.database.transaction(async (tx) => {
      if (!(await tryLockTree(tx, log))) return null;
      const tree = (await treeState(tx, log)) ?? { size: 0, root: emptyRoot() };
      const last = await latestCheckpoint(tx, log);
      if (last !== null && last.size === tree.size) return null;
      const origin = await this.originOf(tx, log);
      if (last !== null) await this.requireExtension(tx, log, last, tree, origin);
      await this.store(tx, log, origin, tree);
      return latestCheckpoint(tx, log);
    });
  }

  /** Signs the checkpoint of no entries where there is none at all: it is consistent with whatever anybody has seen. */
  async signEmpty(log: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await tryLockTree(tx, log)) || (await latestCheckpoint(tx, log)) !== null) return;
      await this.store(tx, log, await this.originOf(tx, log), { size: 0, root: emptyRoot() });
    });
  }

  private async store(tx: Queryable, log: number, origin: string, tree: TreeState): Promise<void> {
    const note = signCheckpoint({ origin, ...tree }, [this.signer, ...this.others]);
    await storeCheckpoint(tx, log, { ...tree, note });
    if (this.publishes) await publishCheckpoint(tx, log, tree.size);
  }

  private async originOf(tx: Queryable, log: number): Promise<string> {
    const state = await logState(tx, log);
    if (state === null) throw new Error(`There is no log ${log}.`);
    return state.origin;
  }

  /** What was signed is read from the note itself, behind its signature: the columns beside it could be changed. */
  private async requireExtension(tx: Queryable, log: number, last: StoredCheckpoint, tree: TreeState, origin: string) {
    try {
      const signed = openCheckpoint(last.note, origin, [noteVerifier(this.signer.vkey)]).checkpoint;
      if (signed.size !== last.size) throw new Error(`the note that was signed there is of ${signed.size} entries`);
      if (signed.size > tree.size) throw new Error(`${signed.size} entries were signed, the tree has ${tree.size}`);
      const reader = this.reader.within(tx);
      const root = await reader.root(log, tree.size);
      if (!equalBytes(root, tree.root)) throw new Error('the tiles do not lead to the stored root');
      if (signed.size === 0) return;
      const proof = await reader.consistency(log, signed.size, tree.size);
      verifyConsistency({ oldSize: signed.size, oldRoot: signed.root, newSize: tree.size, newRoot: tree.root, proof });
    } catch (cause) {
      const why = `Log ${log} does not extend its checkpoint of ${last.size} entries; nothing is signed`;
      throw new ForkRefusedError(`${why}: ${(cause as Error).message}`, { cause });
    }
  }
}
