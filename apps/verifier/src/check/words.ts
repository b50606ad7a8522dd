import type { Check, ReceiptReport } from '../../../../src/domain/receipt/check.js';
import type { Receipt } from '../../../../src/domain/receipt/receipt.js';

/** A report in words, for people. */
export function inWords(file: string, receipt: Receipt, { checks }: ReceiptReport, proven: boolean): string {
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

/** What a receipt shows, for the JSON report. */
export const shown = ({ event, log, anchors }: Receipt): object => ({
  event: Object.fromEntries(event.disclosures.map(([, name, value]) => [name, value])),
  log: { origin: log.origin, index: log.index },
  anchors: anchors.map(({ chainId, contract, logId, size, root, transaction, block }) => ({
    ...{ chainId, contract, logId, size, root, transaction, block },
  })),
});

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

/** What remains to be believed, a line each. */
export function missing(checks: readonly Check[]): string[] {
  const asked = new Set(checks.filter(({ ok }) => ok !== null).map(({ name }) => name));
  const open: string[] = [];
  if (!asked.has('log-key')) open.push('Whose log it is: no --trust file was given. Anybody can make a log.');
  if (!asked.has('chain-event'))
    open.push('That the chain holds the anchor: the chain itself was not asked (no --rpc).');
  return open;
}

/** Text from a receipt without characters that could steer a terminal or turn the reading direction. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (char) => `\\u${char.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
