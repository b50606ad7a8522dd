import type { Check } from '../../../../src/domain/receipt/check.js';
import type { Receipt } from '../../../../src/domain/receipt/receipt.js';
import type { Terminal } from '../command.js';
import type { FileReport, ReceiptResult, Reporter } from './reporter.js';
import { missing } from './words.js';

/** A JSON list, one object for each file that was looked at. */
export class JsonReporter implements Reporter {
  private before = '[\n';

  constructor(private readonly terminal: Terminal) {}

  file(report: FileReport): void {
    const { path, proven } = report;
    const object =
      'error' in report
        ? { file: path, proven, error: report.error }
        : { file: path, kind: report.kind, proven, receipts: report.receipts.map(shown) };
    this.terminal.out(`${this.before}${JSON.stringify(object, null, 2)}`);
    this.before = ',\n';
  }

  skipped(): void {
    // Programs know what they asked about.
  }

  end(): void {
    this.terminal.out('\n]\n');
  }
}

/** What a receipt came to: nothing stands in it that no link looked at, or that `leftToBelieve` does not name. */
export const shown = ({ receipt, checks, proven }: ReceiptResult): object => ({
  proven,
  ...contentOf(receipt, checks),
  checks,
  leftToBelieve: missing(checks),
});

const contentOf = ({ event, log, anchors }: Receipt, checks: readonly Check[]): object => ({
  event: Object.fromEntries(event.disclosures.map(([, name, value]) => [name, value])),
  log: { origin: log.origin, index: log.index },
  anchors: anchors.map(({ chainId, contract, logId, size, root, transaction, block }, i) => ({
    ...{ chainId, contract, logId, size, root, block },
    // A hash that nobody looked up says nothing.
    ...(checks.some(({ name, ok, anchor }) => name === 'chain-event' && ok === true && anchor === i) && {
      transaction,
    }),
  })),
});
