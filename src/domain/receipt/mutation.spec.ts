import { utf8ToBytes } from '../bytes.js';
import { type Check, checkReceipt } from './check.js';
import { formatCompactReceipt, parseCompactReceipt } from './compact/index.js';
import { ReceiptError } from './errors.js';
import { formatReceipt, parseReceipt, type Receipt, receiptEvent } from './receipt.js';
import { EXAMPLE_EVENT, EXAMPLE_SECRET, PROVEN_TRUST, provenReceipt } from './receipt.fixture.js';
import { checkReceiptSet, formatReceiptSet, parseReceiptSet, receiptFromSet, receiptSet } from './receipt-set.js';
import { proveDisclosures } from './selective-disclosure.js';
import { readTrust } from './trust.js';

const trust = readTrust(PROVEN_TRUST);
const receipt = provenReceipt();
const other = {
  ...receipt,
  event: receiptEvent(proveDisclosures(EXAMPLE_EVENT, EXAMPLE_SECRET, (name) => name.startsWith('epcList'))),
};
const CHANGES = 1000;

/** What a report that holds says is proven: all but which transaction anchored. */
const proven = ({ event, log, anchors }: Receipt): unknown => [
  event,
  log,
  anchors.map((anchor) => ({ ...anchor, transaction: undefined })),
];
const transactions = ({ anchors }: Receipt): string[] => anchors.map(({ transaction }) => transaction);

/** What became of changed bytes: a coded refusal, the broken links, or the receipts that are proven all the same. */
type Outcome = { readonly refused: string } | { readonly broken: string[] } | { readonly receipts: readonly Receipt[] };

function outcome(work: () => { checks: readonly Check[]; receipts: readonly Receipt[] }): Outcome {
  try {
    const { checks, receipts } = work();
    const broken = checks.filter(({ ok }) => ok === false).map(({ name }) => name);
    return broken.length > 0 ? { broken } : { receipts };
  } catch (error) {
    if (error instanceof ReceiptError) return { refused: error.code };
    throw error;
  }
}

/** UTF-8, strictly, as a verifier reads a file. */
function text(bytes: Uint8Array): string {
  const read = Buffer.from(bytes).toString('utf8');
  if (Buffer.from(read).equals(bytes)) return read;
  throw new ReceiptError('RECEIPT_MALFORMED', 'The file is not UTF-8.');
}

const files: [string, Uint8Array, readonly Receipt[], (bytes: Uint8Array) => Outcome][] = [
  [
    'receipt',
    utf8ToBytes(formatReceipt(receipt)),
    [receipt],
    (bytes) =>
      outcome(() => {
        const read = parseReceipt(text(bytes));
        return { checks: checkReceipt(read, trust).checks, receipts: [read] };
      }),
  ],
  [
    'compact receipt',
    formatCompactReceipt(receipt),
    [receipt],
    (bytes) =>
      outcome(() => {
        const read = parseCompactReceipt(bytes);
        return { checks: checkReceipt(read, trust).checks, receipts: [read] };
      }),
  ],
  [
    'set of receipts',
    utf8ToBytes(formatReceiptSet(receiptSet([receipt, other]))),
    [receipt, other],
    (bytes) =>
      outcome(() => {
        const set = parseReceiptSet(text(bytes));
        const { shared, members } = checkReceiptSet(set, trust);
        const receipts = set.members.map((_, i) => receiptFromSet(set, i));
        return { checks: [...shared, ...members.flatMap(({ checks }) => checks)], receipts };
      }),
  ],
];

describe.each(files)('a %s of which one byte is changed', (what, file, good, check) => {
  const outcomes = changes(file, CHANGES).map(({ at, bytes }) => ({ at, was: file[at]!, ...check(bytes) }));

  it('holds as long as nothing is changed', () => {
    expect(check(file)).toEqual({ receipts: good });
  });

  it('is refused with a code or a broken link, or is proven to say the same', () => {
    for (const one of outcomes) {
      if ('refused' in one) expect(one.refused).toMatch(/^RECEIPT_/);
      else if ('broken' in one) expect(one.broken.length).toBeGreaterThan(0);
      else expect(one.receipts.map(proven)).toEqual(good.map(proven));
    }
  });

  it('has no byte without a meaning but those of the transaction', () => {
    const meaningless = outcomes.filter((one) => 'receipts' in one);
    for (const { receipts } of meaningless) expect(receipts.map(transactions)).not.toEqual(good.map(transactions));
    expect(meaningless.length).toBeLessThan(0.03 * CHANGES);
  });

  it('names every link that a change can break', () => {
    const named = new Set(outcomes.flatMap((one) => ('broken' in one ? one.broken : [])));
    const links = ['disclosures', 'log-inclusion', 'log-key', 'witnesses', 'anchor-contract', 'anchor-state'];
    // The compact form repeats nothing: no root of the anchor that could differ from the checkpoint's.
    for (const link of what === 'compact receipt' ? links : [...links, 'anchor']) {
      expect(named).toContain(link);
    }
  });
});

/** As many single-byte changes at random places, the same in every run. */
function changes(file: Uint8Array, count: number): { readonly at: number; readonly bytes: Uint8Array }[] {
  let seed = 20_261_122;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const at = random(file.length);
    return { at, bytes: file.with(at, file[at]! ^ (1 + random(255))) };
  });
}
