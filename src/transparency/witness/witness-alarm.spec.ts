import { WitnessAlarm } from './witness-alarm.js';
import type { WitnessingReport } from './witnessing.js';

describe('the alarm about witnesses', () => {
  const report = (waitingMs: number, problem: 'WITNESS_UNREACHABLE' | null = null): WitnessingReport => ({
    witnesses: [{ witness: 'w1', size: 5, problem, why: problem && 'no route' }],
    signed: 10,
    published: 5,
    halted: false,
    waitingMs,
  });

  it('is one line when the quorum was missing for a minute, and one when it is back', () => {
    const lines: string[] = [];
    const log = (level: string) => (facts: unknown, message?: unknown) =>
      void lines.push(`${level} ${JSON.stringify(facts)} ${String(message)}`);
    const alarm = new WitnessAlarm({ info: log('info'), warn: log('warn'), error: log('error') });
    const problem = 'WITNESS_UNREACHABLE';
    for (const [ms, what] of [
      [0, null],
      [30_000, problem],
      [61_000, problem],
      [90_000, problem],
      [0, null],
    ] as const) {
      alarm.tell(report(ms, what));
    }
    expect(lines).toEqual([
      'warn {"witness":"w1","problem":"WITNESS_UNREACHABLE"} A witness does not cosign: no route',
      'error {"problem":"QUORUM_MISSING","signed":10,"published":5} The quorum of witnesses has been missing for 61 s.',
      'info {"witness":"w1"} A witness cosigns again.',
      'info {"signed":10,"published":5} The quorum of witnesses cosigns again.',
    ]);
  });
});
