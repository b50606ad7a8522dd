import { escapeXml } from './svg-renderer.js';
import { type LabelRequest, renderLabel } from './render-label.js';

const pack = { kind: 'pack', gtin: '09506000134352', serial: 'A1', lot: 'L1', expiry: '2028-12-31' } as const;
const container = { kind: 'container', sscc: '195060001343520007' } as const;

function codeOf(request: LabelRequest): string | undefined {
  try {
    renderLabel(request);
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

const svg = (request: LabelRequest): string => String(renderLabel(request).data);
const png = (request: LabelRequest): Buffer => Buffer.from(renderLabel(request).data as Uint8Array);

describe('a label', () => {
  it('shows each element of the interpretation as text', () => {
    const image = svg({ identity: pack, style: {} });
    for (const line of ['(01)09506000134352', '(21)A1', '(17)281231', '(10)L1'])
      expect(image).toContain(`>${line}</text>`);
  });

  it('shows no interpretation when none is wanted', () => {
    expect(svg({ identity: pack, style: { hriPlacement: 'none' } })).not.toContain('<text');
  });

  it('cannot be made to say anything else by a lot or a name with markup in it', () => {
    const image = svg({
      identity: { ...pack, lot: '"><&\'' },
      name: '</text><script>alert(1)</script>\u0000\ud800',
      style: {},
    });
    expect(image).toContain('(10)&quot;&gt;&lt;&amp;&apos;</text>');
    expect(image).not.toContain('<script');
    expect(image).toContain('&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd');
    expect(escapeXml('a\u0007b\ufffe')).toBe('a\ufffdb\ufffd');
  });

  it('has modules and quiet zones of the sizes that GS1 asks for', () => {
    // 20 modules and 1 on each side, of 0.38 mm.
    const { widthMm, heightMm } = renderLabel({ identity: pack, style: { hriPlacement: 'none' } });
    expect(widthMm).toBeCloseTo(22 * 0.38, 6);
    expect(heightMm).toBeCloseTo(22 * 0.38, 6);
    // 156 modules and 10 on each side, of 0.495 mm; bars of 31.75 mm, and white above and below.
    const pallet = renderLabel({ identity: container, style: { hriPlacement: 'none' } });
    expect(pallet.widthMm).toBeCloseTo(176 * 0.495, 6);
    expect(pallet.heightMm).toBeCloseTo(31.75 + 2 * 1.075, 6);
  });

  it('makes modules of whole dots in PNG, and says its resolution', () => {
    const label = renderLabel({ identity: pack, style: { format: 'png', dpi: 300, hriPlacement: 'none' } });
    const image = Buffer.from(label.data as Uint8Array);
    expect(image.readUInt32BE(16)).toBe(22 * 4);
    expect(label.widthMm).toBeCloseTo((22 * 4 * 25.4) / 300, 6);
    expect(image.readUInt32BE(image.indexOf('pHYs') + 4)).toBe(11811);
  });

  it('never prints a module smaller than the least nor larger than the most', () => {
    const dots = (dpi: number, xDimension: number): number =>
      png({ identity: pack, style: { format: 'png', dpi, xDimension, hriPlacement: 'none' } }).readUInt32BE(16) / 22;
    expect(dots(150, 0.254)).toBe(2);
    expect(dots(203, 0.254)).toBe(3);
    expect(dots(203, 0.99)).toBe(7);
  });

  it('is refused with a code when it cannot be made as asked', () => {
    expect(codeOf({ identity: pack, style: { symbology: 'gs1-128' } })).toBe('LABEL_SYMBOLOGY_NOT_ALLOWED');
    expect(codeOf({ identity: pack, style: { xDimension: 0.2 } })).toBe('LABEL_X_DIMENSION_OUT_OF_RANGE');
    expect(codeOf({ identity: pack, style: { xDimension: Number.NaN } })).toBe('LABEL_X_DIMENSION_OUT_OF_RANGE');
    expect(codeOf({ identity: pack, style: { format: 'png', dpi: 72 } })).toBe('LABEL_DPI_OUT_OF_RANGE');
    const lot = { kind: 'lot', gtin: '09506000134352', lot: 'ABCDEFGHIJKLMNOPQRST', expiry: '2028-12-31' } as const;
    expect(codeOf({ identity: lot, style: { symbology: 'gs1-128' } })).toBe('LABEL_TOO_WIDE');
    expect(codeOf({ identity: lot, style: {} })).toBeUndefined();
  });

  it('draws a name with accents, and refuses in PNG what the font lacks', () => {
    expect(codeOf({ identity: pack, name: 'Paracétamol 500 mg', style: { format: 'png' } })).toBeUndefined();
    expect(codeOf({ identity: pack, name: 'دواء', style: { format: 'png' } })).toBe('LABEL_TEXT_UNPRINTABLE');
    expect(svg({ identity: pack, name: 'دواء', style: {} })).toContain('دواء');
  });

  it('is the same bytes each time', () => {
    const request: LabelRequest = { identity: pack, name: 'Halisi', style: { format: 'png', hriPlacement: 'below' } };
    expect(png(request).equals(png(request))).toBe(true);
  });
});
