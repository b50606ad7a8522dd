import { type Check } from '../../../src/domain/receipt/check.js';
import { ReceiptError } from '../../../src/domain/receipt/errors.js';
import type { Receipt } from '../../../src/domain/receipt/receipt.js';
import { rpcChain } from '../../../src/domain/receipt/rpc-chain.js';
import type { Trust } from '../../../src/domain/receipt/trust.js';
import { ReceiptChecker } from '../src/chain-nodes.js';
import { readEvidence } from '../src/evidence.js';
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

const AT_ONCE = 20;

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
    for (const receipt of receiptsIn(name, content)) {
      outcomes.push('error' in receipt ? receipt : await checkOne(name, receipt, checker));
      if (outcomes.length % AT_ONCE === 0) await breath();
    }
  }
  return outcomes;
}

function receiptsIn(name: string, content: Uint8Array): readonly (Receipt | Unreadable)[] {
  try {
    return readEvidence(content).receipts;
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    return [{ name, verdict: 'broken', error: { code: error.code, message: error.message } }];
  }
}

async function checkOne(name: string, receipt: Receipt, checker: ReceiptChecker): Promise<Checked> {
  const { checks, holds } = await checker.check(receipt);
  const open = openQuestions(checks);
  return { name, receipt, checks, open, verdict: !holds ? 'broken' : open.length > 0 ? 'open' : 'proven' };
}

/** Lets the page answer to the person between many receipts. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What several come to: the worst of them. */
export function worst(outcomes: readonly Outcome[]): Verdict {
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict));
  return verdicts.has('broken') ? 'broken' : verdicts.has('open') ? 'open' : 'proven';
}
