import { type Check } from '../../../src/domain/receipt/check.js';
import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import type { Receipt } from '../../../src/domain/receipt/receipt.js';
import { rpcChain } from '../../../src/domain/receipt/rpc-chain.js';
import type { Trust } from '../../../src/domain/receipt/trust.js';
import { ReceiptChecker } from '../src/chain-nodes.js';
import { type Evidence, readEvidence } from '../src/evidence.js';
import { type OpenQuestion, openQuestions } from '../src/open-questions.js';
import { httpRpc } from '../src/rpc.js';

/** Something that was chosen, dropped, pasted, or that came with the page. */
export interface Handed {
  readonly name: string;
  readonly content: Uint8Array;
}

/** `proven`: every link holds. `open`: none is broken, some could not be asked. */
export type Verdict = 'proven' | 'open' | 'broken';

/** One receipt and what became of its links. */
export interface Checked {
  readonly name: string;
  readonly receipt: Receipt;
  readonly checks: readonly Check[];
  readonly open: readonly OpenQuestion[];
  readonly verdict: Verdict;
}

/** What cannot be read as a receipt, and why. */
export interface Unreadable {
  readonly name: string;
  readonly verdict: 'broken';
  readonly error: { readonly code: string; readonly message: string };
}

export type Outcome = Checked | Unreadable;

/** Checks everything that was handed in, the nodes of a chain included where some are named. */
export async function checkAll(
  handed: readonly Handed[],
  trust: Trust | undefined,
  nodes: readonly string[],
): Promise<Outcome[]> {
  const checker = await ReceiptChecker.with(
    trust,
    nodes.map((url) => ({ name: url, reader: rpcChain(httpRpc(url)) })),
  );
  const outcomes: Outcome[] = [];
  for (const { name, content } of handed) {
    outcomes.push(...(await checkOne(name, content, checker)));
    await breath();
  }
  return outcomes;
}

async function checkOne(name: string, content: Uint8Array, checker: ReceiptChecker): Promise<Outcome[]> {
  let evidence: Evidence;
  try {
    evidence = readEvidence(content);
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    return [{ name, verdict: 'broken', error: { code: error.code, message: error.message } }];
  }
  return (await checker.check(evidence)).map(({ checks, holds }, i) => {
    const open = openQuestions(checks);
    const verdict = !holds ? 'broken' : open.length > 0 ? 'open' : 'proven';
    return { name, receipt: evidence.receipts[i]!, checks, open, verdict };
  });
}

/** Lets the page answer to the person between many files. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What several come to: the worst of them. */
export function worst(outcomes: readonly Outcome[]): Verdict {
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict));
  return verdicts.has('broken') ? 'broken' : verdicts.has('open') ? 'open' : 'proven';
}
