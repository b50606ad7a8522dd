import { readFileSync } from 'node:fs';
import bwip from 'bwip-js/node';
import type { Bitmap } from './bitmap.js';
import { LabelError } from './label-error.js';

/** The two fonts of a picture: OCR-B for what GS1 interprets, Inconsolata (Latin letters) for a product's name. */
export type LabelFont = 'OCR-B' | 'Inconsolata';

interface Glyph {
  /** Black pixels, as x and y in turn, from the pen on the baseline. */
  readonly dots: Int16Array;
  readonly advance: number;
}

const GLYPHS_KEPT = 4096;
const glyphs = new Map<string, Glyph | undefined>();
let inconsolataLoaded = false;

function fontId(font: LabelFont): number {
  if (font === 'Inconsolata' && !inconsolataLoaded) {
    const file = new URL('../fonts/Inconsolata.otf', import.meta.resolve('bwip-js/node'));
    bwip.loadFont('Inconsolata', readFileSync(file).toString('base64'));
    inconsolataLoaded = true;
  }
  return bwip.FontLib.lookup(font);
}

function glyphOf(font: LabelFont, character: string, size: number): Glyph | undefined {
  const key = `${font} ${size} ${character}`;
  if (glyphs.has(key)) return glyphs.get(key);
  if (glyphs.size >= GLYPHS_KEPT) glyphs.clear();
  const glyph = raster(font, character, size);
  glyphs.set(key, glyph);
  return glyph;
}

const HALF_COVERED = 100;

function raster(font: LabelFont, character: string, size: number): Glyph | undefined {
  const drawn = bwip.FontLib.getglyph(fontId(font), character.codePointAt(0)!, size, size);
  if (drawn.glyph === 0) return undefined;
  const dots: number[] = [];
  for (let at = 0; at < drawn.width * drawn.height; at++) {
    if (drawn.pixels[at]! < HALF_COVERED) continue;
    dots.push(drawn.left + (at % drawn.width), Math.floor(at / drawn.width) - drawn.top);
  }
  return { dots: Int16Array.from(dots), advance: drawn.advance };
}

/**
 * Draws one line; `x` and `baseline` and `size` (the em) are pixels.
 * Throws LABEL_TEXT_UNPRINTABLE for a character that the font lacks: a name with a hole in it is another name.
 */
export function drawText(
  bitmap: Bitmap,
  font: LabelFont,
  text: string,
  at: { readonly x: number; readonly baseline: number; readonly size: number; readonly anchor: 'start' | 'middle' },
): void {
  const line = [...text].map((character) => glyphOf(font, character, at.size) ?? unprintable(text, character));
  const width = line.reduce((sum, glyph) => sum + glyph.advance, 0);
  let pen = at.anchor === 'middle' ? Math.round(at.x - width / 2) : at.x;
  for (const { dots, advance } of line) {
    for (let i = 0; i < dots.length; i += 2) bitmap.blacken(pen + dots[i]!, at.baseline + dots[i + 1]!);
    pen += advance;
  }
}

function unprintable(text: string, character: string): never {
  throw new LabelError(
    'LABEL_TEXT_UNPRINTABLE',
    `A PNG label has Latin letters only; ${JSON.stringify(text)} holds ${JSON.stringify(character)}. Ask for SVG.`,
    { pointer: '/format', input: text },
  );
}
