import { LabelError } from './label-error.js';
import type { LabelSymbol } from './symbol-encoder.js';
import { PRINT_RULES, type Symbology } from './symbology.js';

/** Where the human-readable interpretation stands. */
export type HriPlacement = 'below' | 'side' | 'none';

/** One line of text. `x` is its left end or its middle; `size` is the em. All in mm. */
export interface TextLine {
  readonly text: string;
  readonly role: 'hri' | 'name';
  readonly x: number;
  readonly baseline: number;
  readonly size: number;
  readonly anchor: 'start' | 'middle';
}

/** A label on paper; lengths in mm from its upper left corner. `symbolX` and `symbolY` are behind the quiet zone. */
export interface LabelLayout {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly xMm: number;
  readonly symbolX: number;
  readonly symbolY: number;
  readonly barHeightMm: number;
  readonly lines: readonly TextLine[];
}

export interface LayoutInput {
  readonly symbology: Symbology;
  readonly symbol: LabelSymbol;
  readonly xMm: number;
  readonly hri: readonly string[];
  readonly hriPlacement: HriPlacement;
  readonly name: string;
}

/** The width of a character of OCR-B, in em. */
export const CHARACTER_WIDTH = 0.63;
const LINE_PITCH = 1.15;
const NAME_LINE = 30;
// Capitals are 0.7 em. Logistic labels want HRI of 3 mm (GS1 Logistic Label Guideline); a pack's must be clearly legible (4.14).
const PACK_TEXT = 2.2;
const LOGISTIC_TEXT = 4.3;

/** Places symbol, quiet zone and text. Throws LABEL_TOO_WIDE where the symbology has a greatest width. */
export function layOut(input: LayoutInput): LabelLayout {
  const rules = PRINT_RULES[input.symbology];
  const quiet = rules.quietZone * input.xMm;
  const size = input.symbol.kind === 'bars' ? LOGISTIC_TEXT : PACK_TEXT;
  const pitch = size * LINE_PITCH;
  const box: Box = {
    width: input.symbol.size * input.xMm + 2 * quiet,
    quiet,
    barHeight: rules.barHeightMm ?? input.symbol.size * input.xMm,
    size,
    pitch,
    xMm: input.xMm,
  };
  if (box.width > (rules.widthMaxMm ?? Infinity)) throw tooWide(input.symbology, box.width, rules.widthMaxMm!);
  const name = wrap(input.name);
  const hri = input.hriPlacement === 'none' ? [] : input.hri;
  return input.hriPlacement === 'side' && input.symbol.kind === 'matrix'
    ? atTheSide(box, name, hri)
    : below(box, name, hri, input.symbol.kind === 'bars');
}

interface Box {
  readonly width: number;
  readonly quiet: number;
  readonly barHeight: number;
  readonly size: number;
  readonly pitch: number;
  readonly xMm: number;
}

const widest = (lines: readonly string[], size: number): number =>
  Math.max(0, ...lines.map((line) => [...line].length)) * size * CHARACTER_WIDTH;

function atTheSide(box: Box, name: readonly string[], hri: readonly string[]): LabelLayout {
  const lines = [...name, ...hri];
  const symbolHeight = box.barHeight + 2 * box.quiet;
  const heightMm = Math.max(symbolHeight, lines.length * box.pitch + box.size / 2);
  const left = box.width + box.size / 2;
  const top = (heightMm - lines.length * box.pitch) / 2;
  return {
    widthMm: lines.length === 0 ? box.width : left + widest(lines, box.size) + box.size / 2,
    heightMm,
    xMm: box.xMm,
    symbolX: box.quiet,
    symbolY: (heightMm - box.barHeight) / 2,
    barHeightMm: box.barHeight,
    lines: lines.map((text, at) => ({
      text,
      role: at < name.length ? 'name' : 'hri',
      x: left,
      baseline: top + (at + 0.8) * box.pitch,
      size: box.size,
      anchor: 'start',
    })),
  };
}

// Bars need no quiet zone above and below, but what is cut along the picture's edge must not cut them; text keeps as far away.
function below(box: Box, name: readonly string[], hri: readonly string[], linear: boolean): LabelLayout {
  const vertical = linear ? box.size / 4 : box.quiet;
  const nameTop = box.size / 4;
  const symbolY = name.length > 0 ? nameTop + name.length * box.pitch + Math.max(vertical, box.size / 4) : vertical;
  const textTop = symbolY + box.barHeight + Math.max(vertical, box.size / 4);
  const textWidth = widest([...name, ...hri], box.size);
  const widthMm = Math.max(box.width, textWidth + box.size / 2);
  const line = (role: TextLine['role'], top: number) => (text: string, at: number) => ({
    text,
    role,
    x: widthMm / 2,
    baseline: top + (at + 0.8) * box.pitch,
    size: box.size,
    anchor: 'middle' as const,
  });
  return {
    widthMm,
    heightMm: hri.length > 0 ? textTop + hri.length * box.pitch + box.size / 4 : symbolY + box.barHeight + vertical,
    xMm: box.xMm,
    symbolX: (widthMm - box.width) / 2 + box.quiet,
    symbolY,
    barHeightMm: box.barHeight,
    lines: [...name.map(line('name', nameTop)), ...hri.map(line('hri', textTop))],
  };
}

/** Breaks at blanks; no line is longer than 30 characters unless one word is. Nothing is cut off. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/u).filter((part) => part !== '')) {
    const current = lines.at(-1);
    if (current !== undefined && current.length + word.length < NAME_LINE)
      lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function tooWide(symbology: Symbology, width: number, maximum: number): LabelError {
  return new LabelError(
    'LABEL_TOO_WIDE',
    `A ${symbology} symbol is at most ${maximum} mm wide; this one would be ${width.toFixed(1)} mm. Use gs1-datamatrix.`,
    { pointer: '/symbology', maximum, input: width },
  );
}
