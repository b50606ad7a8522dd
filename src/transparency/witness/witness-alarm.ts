import type pino from 'pino';
import type { WitnessProblem } from './witness-client.js';
import type { WitnessingReport } from './witnessing.js';

/** How long the quorum may be missing before somebody is called. */
const PATIENCE_MS = 60_000;

/** Lines in the log when witnesses fail, and the all-clear: once each, not every round. */
export class WitnessAlarm {
  private readonly known = new Map<string, WitnessProblem>();
  private missing = false;
  private halted = false;

  constructor(
    private readonly log: Pick<pino.Logger, 'info' | 'warn' | 'error'>,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  tell(report: WitnessingReport): void {
    this.tellWitnesses(report);
    this.tellHalt(report);
    this.tellQuorum(report);
  }

  private tellWitnesses({ witnesses }: WitnessingReport): void {
    for (const { witness, problem, why } of witnesses) {
      if (problem === (this.known.get(witness) ?? null)) continue;
      if (problem === null) {
        this.known.delete(witness);
        this.log.info({ witness }, 'A witness cosigns again.');
        continue;
      }
      this.known.set(witness, problem);
      // What contradicts our own log is never a passing fault of a network.
      const level = problem === 'WITNESS_AHEAD' || problem === 'WITNESS_FORK' ? 'error' : 'warn';
      this.log[level]({ witness, problem }, `A witness does not cosign: ${why}`);
    }
  }

  private tellHalt({ halted, signed }: WitnessingReport): void {
    if (halted === this.halted) return;
    this.halted = halted;
    if (halted) {
      const message = `Nothing is signed: a witness knows another log than the ${signed} entries that are signed here. Was the database restored from a backup? See docs/operations/witnesses.md.`;
      this.log.error({ problem: 'LOG_CONTRADICTED', signed }, message);
    } else this.log.info({ signed }, 'Checkpoints are signed again.');
  }

  private tellQuorum({ waitingMs, signed, published }: WitnessingReport): void {
    const facts = { signed, published };
    if (!this.missing && waitingMs > this.patienceMs) {
      this.missing = true;
      const seconds = Math.round(waitingMs / 1000);
      this.log.error(
        { problem: 'QUORUM_MISSING', ...facts },
        `The quorum of witnesses has been missing for ${seconds} s.`,
      );
    } else if (this.missing && waitingMs === 0) {
      this.missing = false;
      this.log.info(facts, 'The quorum of witnesses cosigns again.');
    }
  }
}
