import type { Check } from '../../../../src/domain/receipt/check.js';
import type { Receipt } from '../../../../src/domain/receipt/receipt.js';
import type { Terminal } from '../command.js';
import { type OpenQuestion, openQuestions } from '../open-questions.js';
import { printable } from '../printable.js';
import type { FileReport, ReceiptResult, Reporter } from './reporter.js';

/** A report in words, for people: of one file all that it shows, of many a line each, and what they come to. */
export class WordReporter implements Reporter {
  private files = 0;
  private readonly broken: string[] = [];
  private readonly others: string[] = [];
  private readonly open = new Set<string>();

  constructor(
    private readonly terminal: Terminal,
    private readonly alone: boolean,
  ) {}

  file(report: FileReport): void {
    this.files += 1;
    if (!report.proven) this.broken.push(report.path);
    if ('error' in report) this.terminal.out(unreadable(report.path, report.error, this.alone));
    else if (this.alone) this.terminal.out(report.receipts.map((result) => inWords(report.path, result)).join('\n'));
    else this.terminal.out(inLines(report.path, report.receipts));
    if ('receipts' in report)
      for (const { checks } of report.receipts) for (const line of missing(checks)) this.open.add(line);
  }

  skipped(path: string): void {
    this.others.push(path);
  }

  end(): void {
    if (this.alone) return;
    const lines = ['', `${this.files} ${this.files === 1 ? 'file' : 'files'}: ${this.sum()}.`];
    if (this.open.size > 0 && this.broken.length < this.files)
      lines.push('Left to believe:', ...[...this.open].map((line) => `  - ${line}`));
    if (this.others.length > 0)
      lines.push(
        'Not looked at, because they are something else:',
        ...this.others.map((path) => `  ${printable(path)}`),
      );
    this.terminal.out(`${lines.join('\n')}\n`);
  }

  private sum(): string {
    if (this.broken.length === 0) return this.open.size > 0 ? 'no link is broken' : 'all proven';
    return `${this.files - this.broken.length} without a broken link, ${this.broken.length} NOT PROVEN`;
  }
}

const unreadable = (path: string, { code, message }: { code: string; message: string }, alone: boolean): string =>
  `${alone ? '' : `${printable(path)}: `}NOT PROVEN: this is not a receipt that can be read (${code}). ${printable(message)}\n`;

/** A line for a file, and one more for each thing that is wrong with it. */
function inLines(path: string, results: readonly ReceiptResult[]): string {
  const proven = results.filter((result) => result.proven).length;
  const [first] = results;
  const place =
    results.length === 1 && first !== undefined
      ? `entry ${first.receipt.log.index} of ${printable(first.receipt.log.origin)}`
      : `${proven} of ${results.length} receipts`;
  const head = `${printable(path)}: ${proven === results.length ? 'no broken link' : 'NOT PROVEN'}, ${place}`;
  const wrong = results.flatMap(({ receipt, checks, proven: good }) =>
    good ? [] : verdict(checks, false).map((line) => `  entry ${receipt.log.index}: ${line}`),
  );
  return [head, ...wrong, ''].join('\n');
}

/** All that one receipt shows, and how it is proven. */
function inWords(file: string, { receipt, checks, proven }: ReceiptResult): string {
  return [
    `${printable(file)} ${!proven ? 'claims' : missing(checks).length > 0 ? 'shows' : 'proves'}:`,
    '',
    ...fields(receipt),
    ...place(receipt),
    '',
    'Checks:',
    ...checks.map((check) => `  ${mark(check)} ${name(receipt, check)}: ${printable(check.detail)}`),
    '',
    ...verdict(checks, proven),
    '',
  ].join('\n');
}

function fields({ event }: Receipt): string[] {
  const names = event.disclosures.map(([, name]) => printable(name));
  const width = Math.min(40, Math.max(...names.map((name) => name.length)));
  return event.disclosures.map(([, , value], i) => `  ${names[i]!.padEnd(width)}  ${printable(JSON.stringify(value))}`);
}

function place({ log, anchors }: Receipt): string[] {
  return [
    '',
    `  in the event that is entry ${log.index} of the log ${printable(log.origin)},`,
    ...anchors.map(
      ({ block, chainId, contract }) =>
        `  anchored at ${block.time} in block ${block.number} of chain ${chainId}, contract ${contract}.`,
    ),
  ];
}

const mark = ({ ok }: Check): string => (ok === null ? '[not asked]' : ok ? '[holds]    ' : '[BROKEN]   ');

const name = ({ anchors }: Receipt, check: Check): string =>
  check.anchor === undefined || anchors.length === 1 ? check.name : `${check.name} ${check.anchor}`;

function verdict(checks: readonly Check[], proven: boolean): string[] {
  const broken = checks.filter(({ ok }) => ok === false);
  if (broken.length > 0) {
    return broken.map((check) => `NOT PROVEN: ${check.name} does not hold. ${printable(check.detail)}`);
  }
  const open = missing(checks);
  if (open.length === 0) return ['Proven.'];
  const head = proven
    ? 'Proven, with this left to believe:'
    : 'NOT PROVEN, because --strict was given and this was not asked:';
  return [head, ...open.map((line) => `  - ${line}`)];
}

const QUESTIONS: Readonly<Record<OpenQuestion, string>> = {
  log: 'Whose log it is: no --trust file was given. Anybody can make a log.',
  chain: 'That the chain holds the anchor: the chain itself was not asked (no --rpc).',
  block: 'That the chain has this block: compare its number and hash with any node or explorer that you trust.',
};

/** What remains to be believed, a line each. */
export const missing = (checks: readonly Check[]): string[] =>
  openQuestions(checks).map((question) => QUESTIONS[question]);
