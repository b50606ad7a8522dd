import fc from 'fast-check';
import { checkReceiptSetOnChain } from './chain.js';
import { checkReceipt } from './check.js';
import { ReceiptError } from './errors.js';
import { formatReceipt, type Receipt } from './receipt.js';
import { EXAMPLE_TRUST, exampleChain, provenReceipt } from './receipt.fixture.js';
import { lotReceipts } from './receipt-set.fixture.js';
import {
  checkReceiptSet,
  formatReceiptSet,
  parseReceiptSet,
  readReceiptSet,
  receiptFromSet,
  receiptSet,
} from './receipt-set.js';
import { readTrust } from './trust.js';

const trust = readTrust(EXAMPLE_TRUST);
const receipts = lotReceipts(5, 7, (name) => !name.startsWith('epcList/') || /[0246]$/.test(name));
const set = receiptSet(receipts);
const text = formatReceiptSet(set);
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof ReceiptError ? error.code : error;
  }
};

describe('a set of receipts', () => {
  it('is read back as it was written', () => {
    expect(parseReceiptSet(text)).toEqual(set);
    expect(formatReceiptSet(parseReceiptSet(text))).toBe(text);
  });

  it('gives every receipt back, and is much shorter than they are', () => {
    const alone = receipts.map(formatReceipt);
    expect(receipts.map((_, i) => formatReceipt(receiptFromSet(parseReceiptSet(text), i)))).toEqual(alone);
    expect(text.length).toBeLessThan(0.8 * alone.join('').length);
    expect(() => receiptFromSet(set, 5)).toThrow(RangeError);
  });

  it('holds, with what all share checked once', () => {
    const report = checkReceiptSet(parseReceiptSet(text), trust);
    expect(report.holds).toBe(true);
    expect(report.shared.map(({ name }) => name)).toContain('log-key');
    expect(report.members).toHaveLength(5);
  });

  it('finds of each receipt what is found of it alone, whatever is changed', () => {
    const paths = leafPaths(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.nat(), (path, seed) => {
        const json: unknown = JSON.parse(text);
        change(json, path, seed);
        const hostile = code(() => readReceiptSet(json));
        if (typeof hostile === 'string') return;
        const changed = hostile as typeof set;
        const report = checkReceiptSet(changed, trust);
        report.members.forEach((member, i) => {
          const alone = checkReceipt(receiptFromSet(changed, i), trust);
          expect([...member.checks, ...report.shared]).toEqual(alone.checks);
        });
        expect(report.holds).toBe(
          changed.members.every((_, i) => checkReceipt(receiptFromSet(changed, i), trust).holds),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('is a file of 9.3 MB for a lot of 100,000 packs in 100 events, all of them shown', () => {
    const lot = formatReceiptSet(receiptSet(lotReceipts(100, 1000)));
    expect(lot.length).toBeGreaterThan(9_200_000);
    expect(lot.length).toBeLessThan(9_400_000);
    expect(checkReceiptSet(parseReceiptSet(lot), trust).holds).toBe(true);
  });

  it('asks the chain once for all', async () => {
    let asked = 0;
    const chain = exampleChain(receipts[0]!);
    const counting = { ...chain, anchored: (hash: string) => (asked++, chain.anchored(hash)) };
    const report = await checkReceiptSetOnChain(set, trust, counting);
    expect(report.holds).toBe(true);
    expect(report.shared.filter(({ name, ok }) => name.startsWith('chain-') && ok).map(({ name }) => name)).toEqual([
      'chain-event',
      'chain-final',
    ]);
    expect(asked).toBe(1);
    const forked = await checkReceiptSetOnChain(set, trust, { ...chain, block: () => Promise.resolve(undefined) });
    expect(forked.holds).toBe(false);
  });

  it('names the one event that is broken', () => {
    const members = set.members.map((member, i) => (i === 3 ? { ...member, index: member.index + 1 } : member));
    const report = checkReceiptSet({ ...set, members }, trust);
    expect(report.members.map(({ holds }) => holds)).toEqual(receipts.map((_, i) => i !== 3));
    expect(report.members[3]!.checks.find(({ ok }) => ok === false)?.name).toBe('log-inclusion');
  });

  it('holds receipts of one log, one checkpoint and the same anchors only', () => {
    const mixed = (other: Receipt): unknown => code(() => receiptSet([receipts[0]!, other]));
    expect(mixed(provenReceipt())).toBe('RECEIPT_SET_MIXED');
    expect(mixed({ ...receipts[1]!, anchors: [] })).toBe('RECEIPT_SET_MIXED');
    expect(code(() => receiptSet([]))).toBe('RECEIPT_SET_MIXED');
  });

  it('has one spelling: a table with a hash twice, unused, or out of order is refused', () => {
    interface Table {
      hashes: string[];
      events: { inclusion: number[] }[];
    }
    const refused = (edit: (json: Table) => void): unknown => {
      const json = JSON.parse(text) as Table;
      edit(json);
      return code(() => readReceiptSet(json));
    };
    expect(refused(({ hashes }) => hashes.push(hashes[0]!))).toBe('RECEIPT_MALFORMED');
    expect(refused(({ hashes }) => hashes.push('A'.repeat(43) + '='))).toBe('RECEIPT_MALFORMED');
    expect(refused(({ hashes }) => hashes.pop())).toBe('RECEIPT_MALFORMED');
    expect(refused(({ events }) => events[0]!.inclusion.reverse())).toBe('RECEIPT_MALFORMED');
    expect(refused(({ events }) => (events[0]!.inclusion[0] = 1e9))).toBe('RECEIPT_MALFORMED');
    expect(refused((json) => (json.events = []))).toBe('RECEIPT_MALFORMED');
  });

  it('is refused with its version where it is a single receipt, and never ends in anything but a coded error', () => {
    expect(code(() => parseReceiptSet(formatReceipt(receipts[0]!)))).toBe('RECEIPT_VERSION');
    fc.assert(
      fc.property(fc.constantFrom(...leafPaths(JSON.parse(text))), fc.jsonValue(), (path, piece) => {
        const json: unknown = JSON.parse(text);
        change(json, path, piece);
        const answer = code(() => checkReceiptSet(readReceiptSet(json), trust));
        if (typeof answer === 'string') expect(['RECEIPT_MALFORMED', 'RECEIPT_VERSION']).toContain(answer);
        else expect(answer).toHaveProperty('holds');
      }),
      { numRuns: 200 },
    );
  });
});

type Path = readonly string[];

function leafPaths(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path];
  return Object.entries(json).flatMap(([name, value]) => leafPaths(value, [...path, name]));
}

/** Puts a piece in a place; a number turns what is there a little. */
function change(json: unknown, path: Path, piece: unknown): void {
  const parent = path.slice(0, -1).reduce((value, name) => (value as Record<string, unknown>)[name], json) as Record<
    string,
    unknown
  >;
  const name = path.at(-1)!;
  const old = parent[name];
  if (typeof piece !== 'number') parent[name] = piece;
  else if (typeof old === 'number') parent[name] = old + 1 + (piece % 3);
  else if (typeof old === 'string') {
    const at = piece % Math.max(1, old.length);
    parent[name] = old.slice(0, at) + (old[at] === 'A' ? 'B' : 'A') + old.slice(at + 1);
  }
}
