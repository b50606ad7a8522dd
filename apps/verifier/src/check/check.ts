import { ReceiptError } from '../../../../src/domain/receipt/errors.js';
import { rpcChain } from '../../../../src/domain/receipt/rpc-chain.js';
import { parseTrust } from '../../../../src/domain/receipt/trust.js';
import { ReceiptChecker } from '../chain-nodes.js';
import { type Command, type Status, type Terminal, UsageError } from '../command.js';
import { type Evidence, readEvidence } from '../evidence.js';
import { httpRpc } from '../rpc.js';
import { filesAt, type Found, load } from './files.js';
import { JsonReporter } from './json-report.js';
import { type Options, readOptions, USAGE } from './options.js';
import type { FileReport, Reporter } from './reporter.js';
import { loadTrust } from './trust.js';
import { missing, WordReporter } from './words.js';

/** `halisi-verify [check] RECEIPT|FOLDER...`. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'checks receipts',
  usage: USAGE,
  run: (args, terminal) => checkFiles(readOptions(args), terminal),
};

async function checkFiles(options: Options, terminal: Terminal): Promise<Status> {
  const trust = await loadTrust(options.trust);
  const files = await filesAt(options.paths);
  const nodes = options.rpc.map((url) => ({ name: url, reader: rpcChain(httpRpc(url)) }));
  const checker = await ReceiptChecker.with(trust, nodes);
  const alone = files.length === 1 && files[0]!.named;
  const reporter: Reporter = options.json ? new JsonReporter(terminal) : new WordReporter(terminal, alone);
  let looked = 0;
  let broken = 0;
  for (const file of files) {
    const report = await checkFile(file, checker, options.strict);
    if (report === undefined) {
      reporter.skipped(file.path);
      continue;
    }
    looked += 1;
    if (!report.proven) broken += 1;
    reporter.file(report);
  }
  if (looked === 0) throw new UsageError(`There is no receipt in ${options.paths.join(', ')}.`);
  reporter.end();
  return broken === 0 ? 0 : 1;
}

/** Undefined for a file that nobody named and that is something else than evidence. */
async function checkFile(file: Found, checker: ReceiptChecker, strict: boolean): Promise<FileReport | undefined> {
  const { path } = file;
  const content = await load(path);
  if (!file.named && isSomethingElse(path, content)) return undefined;
  let evidence: Evidence;
  try {
    evidence = readEvidence(content);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    return { path, proven: false, error: { code: error.code, message: error.message } };
  }
  const reports = await checker.check(evidence);
  const receipts = reports.map(({ checks, holds }, i) => {
    const proven = holds && !(strict && missing(checks).length > 0);
    return { receipt: evidence.receipts[i]!, checks, proven };
  });
  return { path, kind: evidence.kind, proven: receipts.every(({ proven }) => proven), receipts };
}

/** A damaged receipt must not pass as something else, so only trust files and other kinds of files do. */
function isSomethingElse(path: string, content: Uint8Array): boolean {
  if (/\.txt$/i.test(path)) return !new TextDecoder().decode(content).includes('HALISI1');
  if (/\.hreceipt$/i.test(path)) return false;
  if (!/\.json$/i.test(path)) return true;
  try {
    parseTrust(new TextDecoder().decode(content));
    return true;
  } catch (error) {
    if (error instanceof ReceiptError) return false;
    throw error;
  }
}
