import { readFile } from 'node:fs/promises';
import { checkReceiptOnChain } from '../../../../src/domain/receipt/chain.js';
import { checkReceipt, type ReceiptReport } from '../../../../src/domain/receipt/check.js';
import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import { parseReceipt, type Receipt } from '../../../../src/domain/receipt/receipt.js';
import { rpcChain } from '../../../../src/domain/receipt/rpc-chain.js';
import { parseTrust, type Trust } from '../../../../src/domain/receipt/trust.js';
import { type Command, type Status, UsageError } from '../command.js';
import { httpRpc } from '../rpc.js';
import { type Options, readOptions, USAGE } from './options.js';
import { inWords, missing, shown } from './words.js';

const PATIENCE_MS = 20_000;

/** `halisi-verify [check] RECEIPT`. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'checks receipts',
  usage: USAGE,
  async run(args, terminal) {
    const { status, output } = await verify(readOptions(args));
    terminal.out(output);
    return status;
  },
};

interface Outcome {
  readonly status: Status;
  readonly output: string;
}

async function verify(options: Options): Promise<Outcome> {
  const trust = options.trust === undefined ? undefined : await loadTrust(options.trust);
  const text = await load(options.receipt);
  let receipt: Receipt;
  try {
    receipt = parseReceipt(text);
  } catch (error) {
    if (error instanceof ReceiptError) return notAReceipt(options, error);
    throw error;
  }
  const report = await check(receipt, trust, options.rpc);
  const proven = report.holds && !(options.strict && missing(report.checks).length > 0);
  const output = options.json ? inJson(receipt, report, proven) : inWords(options.receipt, receipt, report, proven);
  return { status: proven ? 0 : 1, output };
}

function check(receipt: Receipt, trust: Trust | undefined, rpc: string | undefined): Promise<ReceiptReport> {
  if (rpc === undefined) return Promise.resolve(checkReceipt(receipt, trust));
  return checkReceiptOnChain(receipt, trust, rpcChain(httpRpc(rpc)));
}

function inJson(receipt: Receipt, { checks }: ReceiptReport, proven: boolean): string {
  return `${JSON.stringify({ proven, ...shown(receipt), checks, leftToBelieve: missing(checks) }, null, 2)}\n`;
}

function notAReceipt({ json }: Options, { code, message }: ReceiptError): Outcome {
  const output = json
    ? `${JSON.stringify({ proven: false, error: { code, message } }, null, 2)}\n`
    : `NOT PROVEN: this is not a receipt that can be read (${code}). ${message}\n`;
  return { status: 1, output };
}

async function loadTrust(source: string): Promise<Trust> {
  try {
    return parseTrust(/^https?:\/\//.test(source) ? await download(source) : await load(source));
  } catch (error) {
    if (error instanceof ReceiptError)
      throw new UsageError(`The trust file ${source} cannot be used. ${error.message}`);
    throw error;
  }
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new UsageError(`${url} answered ${response.status}.`);
    return await response.text();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${url} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
}

async function load(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
}
