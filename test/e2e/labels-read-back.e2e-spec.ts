import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes, writeBarcode } from 'zxing-wasm/full';
import { type LabelIdentity, labelContent } from '../../src/labels/label-content.js';
import { type LabelRequest, renderLabel } from '../../src/labels/render-label.js';
import { encodeSymbol } from '../../src/labels/symbol-encoder.js';

const CSET_82 = [...'!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];
const GTIN = '09506000134352';

const text = fc.string({ unit: fc.constantFrom(...CSET_82), minLength: 1, maxLength: 20 });
const expiry = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const pack = fc.record({
  kind: fc.constant('pack' as const),
  gtin: fc.constant(GTIN),
  serial: text,
  lot: text,
  expiry,
});

const PACK = { kind: 'pack', gtin: GTIN, serial: 'A1b2C3', lot: 'LOT-1', expiry: '2028-12-31' } as const;

const IDENTIFIER = {
  'gs1-datamatrix': ']d2',
  'gs1-qr': ']Q3',
  'gs1-128': ']C1',
  'digital-link-datamatrix': ']d1',
  'digital-link-qr': ']Q1',
} as const;
type Symbology = keyof typeof IDENTIFIER;

interface Reading {
  readonly data: string;
  readonly identifier: string;
  readonly contentType: string;
}

async function read(image: Uint8Array): Promise<Reading[]> {
  const found = await readBarcodes(image, { tryHarder: true });
  return found.map(({ bytes, symbologyIdentifier, contentType }) => ({
    data: Buffer.from(bytes).toString('latin1'),
    identifier: symbologyIdentifier,
    contentType,
  }));
}

async function picture(request: LabelRequest): Promise<Uint8Array> {
  const { data } = renderLabel(request);
  if (typeof data !== 'string') return data;
  // On grey: the label's own quiet zones have to do.
  const drawn = sharp(Buffer.from(data), { density: 150 }).flatten({ background: '#fff' });
  return drawn.extend({ top: 60, bottom: 60, left: 60, right: 60, background: '#888' }).png().toBuffer();
}

async function expectToReadBack(identity: LabelIdentity, symbology: Symbology, style: LabelRequest['style']) {
  const { elementString, digitalLink } = labelContent(identity);
  const linked = symbology.startsWith('digital-link');
  expect(await read(await picture({ identity, style: { ...style, symbology } }))).toEqual([
    {
      data: linked ? digitalLink : elementString,
      identifier: IDENTIFIER[symbology],
      contentType: linked ? 'Text' : 'GS1',
    },
  ]);
}

beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/full/zxing_full.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

describe('what is printed reads back', () => {
  for (const symbology of ['gs1-datamatrix', 'gs1-qr', 'digital-link-datamatrix', 'digital-link-qr'] as const) {
    it(`as ${symbology} in PNG, for any lot and serial number of character set 82`, async () => {
      await fc.assert(
        fc.asyncProperty(pack, async (identity) => {
          await expectToReadBack(identity, symbology, { format: 'png', dpi: 300 });
        }),
        { numRuns: 60 },
      );
    });

    it(`as ${symbology} in SVG, too`, async () => {
      await fc.assert(
        fc.asyncProperty(pack, async (identity) => {
          await expectToReadBack(identity, symbology, { format: 'svg', hriPlacement: 'below' });
        }),
        { numRuns: 8 },
      );
    });
  }

  it('as gs1-128 for containers and lots, in PNG and SVG', async () => {
    const container = { kind: 'container', sscc: '195060001343520007' } as const;
    const lot = { kind: 'lot', gtin: GTIN, lot: 'b(1)%', expiry: '2028-12-31' } as const;
    for (const format of ['png', 'svg'] as const) {
      await expectToReadBack(container, 'gs1-128', { format });
      await expectToReadBack(lot, 'gs1-128', { format });
    }
  });

  it('when the serial number looks like an element string', async () => {
    const identity = {
      kind: 'pack',
      gtin: GTIN,
      serial: '(10)FAKE(17)991231',
      lot: '(21)',
      expiry: '2028-12-31',
    } as const;
    await expectToReadBack(identity, 'gs1-datamatrix', { format: 'png' });
    await expectToReadBack(identity, 'digital-link-qr', { format: 'png' });
  });

  it('at every resolution that printers have', async () => {
    for (const dpi of [150, 203, 300, 600, 1200])
      await expectToReadBack(PACK, 'gs1-datamatrix', { format: 'png', dpi });
  });

  it('as gs1-qr with percent signs anywhere, among capitals, digits and small letters', async () => {
    const percents = fc.string({
      unit: fc.constantFrom('%', '%', '1', 'A', 'b', '-', '!'),
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(pack, percents, percents, async (some, serial, lot) =>
        expectToReadBack({ ...some, serial, lot }, 'gs1-qr', { format: 'png' }),
      ),
      {
        numRuns: 150,
        examples: [
          [PACK, '%', '%'],
          [PACK, '%%%%%%%%%%%%%%%%%%%%', '%%%%%%%%%%%%%%%%%%%%'],
          [PACK, 'ab%cd', 'AB%CD'],
        ],
      },
    );
  });
});

describe('a second encoder (zint, in zxing-wasm)', () => {
  const modulesOf = async (format: 'DataMatrix' | 'Code128', bracketed: string): Promise<string> => {
    const options = format === 'DataMatrix' ? 'gs1,forceSquare' : 'gs1';
    const { error, symbol } = await writeBarcode(bracketed, { format, options, scale: 1, addQuietZones: false });
    expect(error).toBe('');
    const rows = format === 'DataMatrix' ? symbol.height : 1;
    return [...symbol.data.subarray(0, symbol.width * rows)].map((value) => (value === 0 ? 1 : 0)).join('');
  };

  const compare = async (identity: LabelIdentity): Promise<void> => {
    const content = labelContent(identity);
    const symbol = encodeSymbol('gs1-datamatrix', content);
    const modules = symbol.kind === 'matrix' ? symbol.modules.join('') : '';
    expect(await modulesOf('DataMatrix', content.hri.join(''))).toBe(modules);
  };

  it('makes the same GS1 DataMatrix, module by module, for packs with digits alone', async () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pack, digits, digits, async (some, serial, lot) => compare({ ...some, serial, lot })),
      { numRuns: 100 },
    );
  });

  it('makes the same GS1 DataMatrix where both find the same shortest encoding of letters', async () => {
    for (const [serial, lot] of [
      ['ABC12345678', 'LOT1'],
      ['aB-12.x_9', 'LOT1'],
      ['1234567890123456', 'A1'],
    ] as const) {
      await compare({ kind: 'pack', gtin: GTIN, serial, lot, expiry: '2028-12-31' });
    }
    await compare({ kind: 'container', sscc: '195060001343520007' });
  });

  it('makes the same bars for an SSCC', async () => {
    const content = labelContent({ kind: 'container', sscc: '195060001343520007' });
    const symbol = encodeSymbol('gs1-128', content);
    const widths = symbol.kind === 'bars' ? symbol.widths : [];
    const bars = widths.map((width, at) => (at % 2 === 0 ? '1' : '0').repeat(width)).join('');
    expect(await modulesOf('Code128', content.hri.join(''))).toBe(bars);
  });
});
