import type pino from 'pino';
import type { ChainReport } from './chain-anchoring.js';
import type { AnchorWarning } from './problem.js';

const IN_WORDS: Readonly<Record<AnchorWarning, string>> = {
  OVERDUE: 'Anchoring is overdue: a signed checkpoint has not become final for too long.',
  WALLET_LOW: 'The wallet pays for few anchors more.',
  NONCE_TAKEN: 'Somebody else uses the publisher’s key: a foreign transaction took the place of an anchor.',
  ENDPOINT_ASIDE: 'A node contradicts the others, or is on another chain, and is put aside.',
};
/** What needs a person at once. */
const ALARMS = new Set<AnchorWarning>(['OVERDUE', 'NONCE_TAKEN']);
/** A node that stutters once is no news. */
const PASSING = new Set(['RPC_UNREACHABLE', 'RPC_DISAGREES']);

/** Tells the log of a chain's troubles when they begin and when they end, not every round. */
export class AnchorAlarm {
  private told: string | null = null;
  private before: string | null = null;
  private warned: readonly AnchorWarning[] = [];

  constructor(
    private readonly chain: string,
    private readonly log: Pick<pino.Logger, 'info' | 'warn' | 'error'>,
  ) {}

  tell(report: ChainReport): void {
    const { problem, detail, latestSize, finalSize, warnings } = report;
    const facts = { chain: this.chain, latestSize, finalSize };
    const lasts = problem === null || !PASSING.has(problem) || problem === this.before;
    this.before = problem;
    if (lasts && problem !== this.told) {
      this.told = problem;
      if (problem === null) this.log.info(facts, 'Anchoring goes on.');
      else this.log.error({ ...facts, problem }, `Anchoring is stopped: ${detail}`);
    }
    for (const warning of warnings.filter((each) => !this.warned.includes(each))) {
      this.log[ALARMS.has(warning) ? 'error' : 'warn'](
        { ...facts, problem: warning, complaints: report.complaints },
        IN_WORDS[warning],
      );
    }
    for (const warning of this.warned.filter((each) => !warnings.includes(each))) {
      this.log.info({ ...facts, problem: warning }, `No longer: ${IN_WORDS[warning]}`);
    }
    this.warned = warnings;
  }
}
