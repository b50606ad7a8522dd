import { rpc } from './rpc.js';

/** With one slot to an epoch anvil calls a block final when two more stand on it. */
const BLOCKS_TO_FINALITY = 2;

/**
 * Mines on the embedded chain, a block an interval, while a transaction waits or is not final yet. Every process that
 * uses the chain does so: no harm comes from a block too many.
 */
export class BlockTicker {
  private timer: NodeJS.Timeout | undefined;
  private tick: Promise<void> = Promise.resolve();
  private owed = BLOCKS_TO_FINALITY;
  private stopped = false;

  constructor(
    private readonly url: () => string,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.tick;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.tick = this.mine()
        .catch(() => undefined)
        .finally(() => this.schedule());
    }, this.intervalMs).unref();
  }

  private async mine(): Promise<void> {
    const pool = (await rpc(this.url(), 'txpool_status')) as { pending: string };
    if (Number(pool.pending) > 0) this.owed = BLOCKS_TO_FINALITY + 1;
    if (this.owed === 0) return;
    await rpc(this.url(), 'evm_mine');
    this.owed -= 1;
  }
}
