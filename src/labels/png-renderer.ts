import { Bitmap } from './bitmap.js';
import { drawText } from './glyphs.js';
import { LabelError } from './label-error.js';
import type { LabelLayout } from './label-layout.js';
import { type LabelImage, LabelRenderer } from './label-renderer.js';
import type { LabelSymbol, Symbol1D, Symbol2D } from './symbol-encoder.js';

const MM_PER_INCH = 25.4;
const DPI_MIN = 150;
const DPI_MAX = 1200;

/** Draws in dots of a printer with `dpi` dots an inch (150 to 1200). Every module is the same whole number of dots. */
export class PngRenderer extends LabelRenderer {
  /** Throws LABEL_DPI_OUT_OF_RANGE. */
  constructor(private readonly dpi: number) {
    super();
    if (!Number.isInteger(dpi) || dpi < DPI_MIN || dpi > DPI_MAX) {
      throw new LabelError(
        'LABEL_DPI_OUT_OF_RANGE',
        `dpi is a whole number, ${DPI_MIN} to ${DPI_MAX}; this is ${dpi}.`,
        {
          pointer: '/dpi',
          minimum: DPI_MIN,
          maximum: DPI_MAX,
          input: dpi,
        },
      );
    }
  }

  override fitXDimension(xMm: number, minimum: number, maximum: number): number {
    const smallest = Math.ceil((minimum * this.dpi) / MM_PER_INCH - 1e-9);
    const largest = Math.floor((maximum * this.dpi) / MM_PER_INCH + 1e-9);
    const dots = Math.min(largest, Math.max(smallest, this.dots(xMm)));
    return (dots * MM_PER_INCH) / this.dpi;
  }

  override draw(symbol: LabelSymbol, layout: LabelLayout): LabelImage {
    const bitmap = new Bitmap(this.dots(layout.widthMm), this.dots(layout.heightMm));
    const origin = { x: this.dots(layout.symbolX), y: this.dots(layout.symbolY), scale: this.dots(layout.xMm) };
    if (symbol.kind === 'bars') drawBars(bitmap, symbol, origin, this.dots(layout.barHeightMm));
    else drawMatrix(bitmap, symbol, origin);
    for (const line of layout.lines) {
      drawText(bitmap, line.role === 'hri' ? 'OCR-B' : 'Inconsolata', line.text, {
        x: this.dots(line.x),
        baseline: this.dots(line.baseline),
        size: this.dots(line.size),
        anchor: line.anchor,
      });
    }
    return { mediaType: 'image/png', data: bitmap.toPng(this.dpi) };
  }

  private dots(lengthMm: number): number {
    return Math.round((lengthMm * this.dpi) / MM_PER_INCH);
  }
}

interface Origin {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

function drawMatrix(bitmap: Bitmap, { size, modules }: Symbol2D, { x, y, scale }: Origin): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (modules[row * size + column] === 1) bitmap.blackenRun(x + column * scale, y + row * scale, scale);
    }
    bitmap.repeatRow(y + row * scale, scale - 1);
  }
}

function drawBars(bitmap: Bitmap, { widths }: Symbol1D, { x, y, scale }: Origin, height: number): void {
  let at = x;
  widths.forEach((width, index) => {
    if (index % 2 === 0) bitmap.blackenRun(at, y, width * scale);
    at += width * scale;
  });
  bitmap.repeatRow(y, height - 1);
}
