import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/full';
import { readEvidence } from '../../apps/verifier/src/evidence.js';
import { splitParts } from '../../src/domain/receipt/compact/index.js';
import { exampleReceipt } from '../../src/domain/receipt/receipt.fixture.js';
import { packReceipt } from '../../src/domain/receipt/receipt-set.fixture.js';
import { partSvg, receiptParts } from '../../src/labels/receipt-codes.js';

/** The texts of every code on an image. */
async function read(image: Uint8Array): Promise<string[]> {
  const found = await readBarcodes(image, { tryHarder: true, formats: ['QRCode'] });
  return found.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
}

const drawn = (text: string): Promise<Buffer> =>
  sharp(Buffer.from(partSvg(text)), { density: 150 })
    .extend({ top: 60, bottom: 60, left: 60, right: 60, background: '#888' })
    .png()
    .toBuffer();

describe('the QR codes of a receipt', () => {
  beforeAll(() => {
    const file = createRequire(import.meta.url).resolve('zxing-wasm/full/zxing_full.wasm');
    prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer } });
  });

  it.each([
    ['the example', exampleReceipt()],
    ['one pack of 10,000, from a log of two witnesses', packReceipt(10_000, 2)],
    ['the same with its state proof', packReceipt(10_000, 2, true)],
  ])('are read by another implementation, and lead back to it: %s', async (_what, receipt) => {
    const texts: string[] = [];
    for (const part of receiptParts(receipt)) texts.push(...(await read(await drawn(part))));
    const evidence = readEvidence(new TextEncoder().encode(texts.reverse().join('\n')));
    expect(evidence).toEqual({ kind: 'qr', receipts: [receipt] });
  });

  it('are as large as the largest that is used', async () => {
    const [longest] = splitParts(new Uint8Array(948).fill(0xff));
    expect(await read(await drawn(longest!))).toEqual([longest]);
  });
});
