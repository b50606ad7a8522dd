import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { checkReceipt } from '../../src/domain/receipt/check.js';
import { ReceiptError } from '../../src/domain/receipt/errors.js';
import { formatReceipt, parseReceipt, type Receipt } from '../../src/domain/receipt/receipt.js';
import { exampleReceipt, PROVEN_TRUST, provenReceipt } from '../../src/domain/receipt/receipt.fixture.js';
import { packReceipt } from '../../src/domain/receipt/receipt-set.fixture.js';
import { readTrust } from '../../src/domain/receipt/trust.js';

/** The second verifier: docs/formats/receipt.md in another language, with nothing of ours in it. */
const hasPython = spawnSync('python3', ['--version']).status === 0;
const describePython = hasPython ? describe : describe.skip;
if (!hasPython) it.skip('python3 is not on this machine', () => {});

type Verdict = 'refused' | [link: string, ok: boolean | null][];
const trust = readTrust(PROVEN_TRUST);

function python(receipts: readonly string[]): Verdict[] {
  const input = JSON.stringify({ trust: JSON.stringify(PROVEN_TRUST), receipts });
  const answer = execFileSync('python3', ['test/interop/receipt_verifier.py'], { input, maxBuffer: 2 ** 28 });
  return JSON.parse(answer.toString()) as Verdict[];
}

function ours(text: string): Verdict {
  try {
    return checkReceipt(parseReceipt(text), trust).checks.map(({ name, ok }) => [name, ok]);
  } catch (error) {
    if (error instanceof ReceiptError) return 'refused';
    throw error;
  }
}

describePython('a verifier that was written from docs/formats/receipt.md alone', () => {
  it('proves the example of the page', () => {
    const page = readFileSync('docs/formats/receipt.md', 'utf8');
    const receipt = /^\{"format".*$/m.exec(page)![0];
    const [verdict] = python([receipt]);
    expect(verdict).toEqual(ours(receipt));
    expect((verdict as [string, boolean][]).every(([, ok]) => ok)).toBe(true);
  });

  it('finds in receipts of all kinds what ours finds', () => {
    const receipts: Receipt[] = [packReceipt(100, 2), packReceipt(3, 0, true)];
    for (let size = 4; size < 9; size++) {
      for (let anchored = size; anchored < 18; anchored++) {
        receipts.push(anchored % 3 === 0 ? provenReceipt(size, anchored) : exampleReceipt(size, anchored));
      }
    }
    const texts = receipts.map(formatReceipt);
    expect(python(texts)).toEqual(texts.map(ours));
  });

  it('finds in 400 receipts with one character changed what ours finds', () => {
    const texts = changed(formatReceipt(provenReceipt(5, 9)).trimEnd(), 400);
    const verdicts = python(texts);
    expect(verdicts).toEqual(texts.map(ours));
    const refused = verdicts.filter((verdict) => verdict === 'refused').length;
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(350);
  });
});

/** Copies of a text with one character each replaced by another that the text has too; the same in every run. */
function changed(text: string, count: number): string[] {
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const at = random(text.length);
    return text.slice(0, at) + text[random(text.length)]! + text.slice(at + 1);
  });
}
