import { Gauge, type Registry } from 'prom-client';
import type { ChainReport } from './chain-anchoring.js';

const WEI_IN_COIN = 1e18;

/** How anchoring stands on each chain, for Prometheus; told by the process that anchors there. */
export class AnchoringGauges {
  private readonly problem: Gauge<'chain' | 'problem'>;
  private readonly overdue: Gauge<'chain'>;
  private readonly left: Gauge<'chain'>;
  private readonly spent: Gauge<'chain'>;
  private readonly problems = new Map<string, string>();

  constructor(registers: Registry[]) {
    const chain = ['chain'] as const;
    this.problem = new Gauge({
      name: 'halisi_log_anchor_problem',
      help: '1 where anchoring is stopped by a problem, by chain and code.',
      labelNames: ['chain', 'problem'] as const,
      registers,
    });
    this.overdue = new Gauge({
      name: 'halisi_log_anchor_overdue',
      help: '1 where a signed checkpoint has not become final for too long.',
      labelNames: chain,
      registers,
    });
    this.left = new Gauge({
      name: 'halisi_log_anchor_wallet_anchors_left',
      help: 'Anchors that the wallet pays for at today’s price.',
      labelNames: chain,
      registers,
    });
    this.spent = new Gauge({
      name: 'halisi_log_anchor_spent_today',
      help: 'Paid for anchors this UTC day, in the chain’s coin.',
      labelNames: chain,
      registers,
    });
  }

  observe({ chain, problem, overdue, anchorsLeft, spentToday }: ChainReport): void {
    this.clearProblem(chain);
    if (problem !== null) {
      this.problem.set({ chain, problem }, 1);
      this.problems.set(chain, problem);
    }
    this.overdue.set({ chain }, overdue ? 1 : 0);
    this.spent.set({ chain }, Number(spentToday) / WEI_IN_COIN);
    if (anchorsLeft !== null) this.left.set({ chain }, anchorsLeft);
  }

  forget(chain: string): void {
    this.clearProblem(chain);
    for (const gauge of [this.overdue, this.spent, this.left]) gauge.remove({ chain });
  }

  private clearProblem(chain: string): void {
    const problem = this.problems.get(chain);
    if (problem !== undefined) this.problem.remove({ chain, problem });
    this.problems.delete(chain);
  }
}
