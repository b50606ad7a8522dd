import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCompactReceipt, splitParts } from '../../../../src/domain/receipt/compact/index.js';
import { formatReceipt } from '../../../../src/domain/receipt/receipt.js';
import { EXAMPLE_TRUST, exampleReceipt } from '../../../../src/domain/receipt/receipt.fixture.js';
import { formatReceiptSet, receiptSet } from '../../../../src/domain/receipt/receipt-set.js';
import { runHere as run } from '../terminal.fixture.js';

const GOOD = formatReceipt(exampleReceipt());
const CHANGED = GOOD.replace('"007"', '"008"');

describe('halisi-verify on folders', () => {
  let folder: string;

  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
    return path;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'halisi-verify-'));
    await file('lot/a.json', GOOD);
    await file('lot/deep/b.json', formatReceipt(exampleReceipt(7, 11)));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('checks every receipt below, a line each, and sums them up', async () => {
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(0);
    expect(output).toContain('a.json: no broken link, entry 3 of halisi.example/log\n');
    expect(output).toContain('b.json: no broken link, entry 3 of halisi.example/log\n');
    expect(output).toContain('2 files: no link is broken.\nLeft to believe:\n');
  });

  it('takes sets, compact receipts and texts of QR codes among them', async () => {
    const receipt = exampleReceipt();
    const set = receiptSet([receipt, receipt]);
    await file('lot/set.json', formatReceiptSet(set));
    await file('lot/codes.txt', splitParts(formatCompactReceipt(receipt), 400).join('\n'));
    await writeFile(join(folder, 'lot/pack.hreceipt'), formatCompactReceipt(receipt));
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(0);
    expect(output).toContain('set.json: no broken link, 2 of 2 receipts');
    expect(output).toContain('codes.txt: no broken link, entry 3');
    expect(output).toContain('pack.hreceipt: no broken link, entry 3');
    expect(output).toContain('5 files: no link is broken.');
  });

  it('names the broken member of a set', async () => {
    const set = formatReceiptSet(receiptSet([exampleReceipt(), exampleReceipt()]));
    await file('lot/set.json', set.replace(/"007"(?![^]*"007")/, '"008"'));
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(1);
    expect(output).toContain('set.json: NOT PROVEN, 1 of 2 receipts');
    expect(output).toContain('  entry 3: NOT PROVEN: disclosures does not hold.');
  });

  it('names the one that is broken, and its link', async () => {
    const path = await file('lot/deep/c.json', CHANGED);
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(1);
    expect(output).toContain(`${path}: NOT PROVEN, entry 3`);
    expect(output).toContain('  entry 3: NOT PROVEN: disclosures does not hold.');
    expect(output).toContain('3 files: 2 without a broken link, 1 NOT PROVEN.');
  });

  it('does not take a damaged receipt for something else', async () => {
    await file('lot/d.json', GOOD.slice(1));
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(1);
    expect(output).toContain('d.json: NOT PROVEN: this is not a receipt that can be read (RECEIPT_MALFORMED)');
  });

  it('leaves out what is something else, and says so', async () => {
    await file('lot/halisi.json', JSON.stringify(EXAMPLE_TRUST));
    await file('lot/leaflet.pdf', '%PDF');
    const { status, output } = await run([join(folder, 'lot')]);
    expect(status).toBe(0);
    expect(output).toMatch(/Not looked at, because they are something else:\n.*halisi\.json\n.*leaflet\.pdf\n/);
  });

  it('takes files and folders together, and gives programs an object for each file', async () => {
    const changed = await file('changed.json', CHANGED);
    const { status, output } = await run([changed, join(folder, 'lot'), '--json']);
    expect(status).toBe(1);
    const reports = JSON.parse(output) as { file: string; proven: boolean }[];
    expect(reports.map(({ proven }) => proven)).toEqual([false, true, true]);
    expect(reports[0]!.file).toBe(changed);
  });

  it('exits with 2 where there is no receipt at all', async () => {
    await mkdir(join(folder, 'empty'));
    expect(await run([join(folder, 'empty')])).toMatchObject({ status: 2, output: '' });
  });

  it('reads trust files from a folder, and refuses two that name the same log', async () => {
    await file('trust/one.json', JSON.stringify(EXAMPLE_TRUST));
    const good = await run([join(folder, 'lot'), '--trust', join(folder, 'trust')]);
    expect(good.output).not.toContain('no --trust file was given');
    await file('trust/two.json', JSON.stringify(EXAMPLE_TRUST));
    const { status, errors } = await run([join(folder, 'lot'), '--trust', join(folder, 'trust')]);
    expect(status).toBe(2);
    expect(errors).toMatch(/one\.json and .*two\.json both name the log halisi\.example\/log/);
  });
});
