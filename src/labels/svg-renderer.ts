import { CHARACTER_WIDTH, type LabelLayout, type TextLine } from './label-layout.js';
import { type LabelImage, LabelRenderer } from './label-renderer.js';
import type { LabelSymbol, Symbol1D, Symbol2D } from './symbol-encoder.js';

/** Draws in mm. Text stays text: it can be selected, searched and read aloud, and is escaped. */
export class SvgRenderer extends LabelRenderer {
  override fitXDimension(xMm: number): number {
    return xMm;
  }

  override draw(symbol: LabelSymbol, layout: LabelLayout): LabelImage {
    const width = mm(layout.widthMm);
    const height = mm(layout.heightMm);
    const path = symbol.kind === 'bars' ? barsPath(symbol) : matrixPath(symbol);
    const scaleY = symbol.kind === 'bars' ? layout.barHeightMm : layout.xMm;
    const data =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">` +
      `<path fill="#fff" d="M0 0h${width}v${height}H0z"/>` +
      `<path shape-rendering="crispEdges" transform="translate(${mm(layout.symbolX)} ${mm(layout.symbolY)}) ` +
      `scale(${mm(layout.xMm)} ${mm(scaleY)})" d="${path}"/>` +
      `${layout.lines.map(textElement).join('')}</svg>`;
    return { mediaType: 'image/svg+xml', data };
  }
}

const mm = (length: number): string => String(Math.round(length * 1e4) / 1e4);

/** One rectangle for each run of dark modules in a row. */
export function matrixPath({ size, modules }: Symbol2D): string {
  let path = '';
  for (let y = 0; y < size; y++) {
    const row = y * size;
    let x = 0;
    while (x < size) {
      const start = x;
      while (x < size && modules[row + x] === 1) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1H${start}z`;
      else x++;
    }
  }
  return path;
}

function barsPath({ widths }: Symbol1D): string {
  let path = '';
  let x = 0;
  widths.forEach((width, at) => {
    if (at % 2 === 0) path += `M${x} 0h${width}v1H${x}z`;
    x += width;
  });
  return path;
}

// textLength holds the line to the width that was laid out, whichever font is there.
function textElement(line: TextLine): string {
  const fonts = line.role === 'hri' ? 'OCR-B,OCRB,Inconsolata,monospace' : 'sans-serif';
  const length = mm([...line.text].length * line.size * CHARACTER_WIDTH);
  const fit = line.role === 'hri' ? ` textLength="${length}" lengthAdjust="spacingAndGlyphs"` : '';
  const anchor = line.anchor === 'middle' ? ' text-anchor="middle"' : '';
  return (
    `<text x="${mm(line.x)}" y="${mm(line.baseline)}" font-size="${mm(line.size)}" font-family="${fonts}"` +
    `${anchor}${fit}>${escapeXml(line.text)}</text>`
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Makes any text safe inside an XML element or attribute; what XML 1.0 cannot hold becomes U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
