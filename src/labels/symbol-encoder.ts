import bwip from 'bwip-js/node';
import { invariant } from '../domain/errors.js';
import { GS } from '../domain/gs1/element-string.js';
import type { LabelContent } from './label-content.js';
import type { Symbology } from './symbology.js';

/** A symbol in modules, without quiet zone. */
export type Symbol2D = { readonly kind: 'matrix'; readonly size: number; readonly modules: readonly number[] };
/** Widths in modules of bars and spaces in turn, a bar first, without quiet zones. */
export type Symbol1D = { readonly kind: 'bars'; readonly size: number; readonly widths: readonly number[] };
export type LabelSymbol = Symbol2D | Symbol1D;

/**
 * Encodes what the label says. The element string goes in with FNC1 already placed (bwip-js's `parsefnc`), never in
 * bwip-js's parenthesis notation: parentheses are data in lots and serial numbers (GS1 GenSpecs, figure 7.11-1).
 */
export function encodeSymbol(symbology: Symbology, content: LabelContent): LabelSymbol {
  switch (symbology) {
    case 'gs1-datamatrix':
      return matrix('datamatrix', withFnc1(content.elementString), true);
    case 'gs1-qr':
      return gs1Qr(content.elementString);
    case 'gs1-128':
      return bars(withFnc1(content.elementString));
    case 'digital-link-datamatrix':
      return matrix('datamatrix', content.digitalLink, false);
    case 'digital-link-qr':
      return matrix('qrcode', content.digitalLink, false);
  }
}

/** A QR code of any text, error correction M; letters, digits and a few signs are packed (ISO/IEC 18004 7.4.4). */
export const qrCode = (text: string): Symbol2D => matrix('qrcode', text, false);

// FNC1 first says that the data is GS1's (ISO/IEC 16022 5.2.4.6, 18004 7.4.8.2, 15417). Set 82 has no '^'.
const withFnc1 = (elementString: string): string => '^FNC1' + elementString.replaceAll(GS, '^FNC1');

/** Their sum modulo 2 is `%`, and a QR code holds each in byte segments alone. */
const PERCENT_PARTS = ['!', 'a', 'e'] as const;

/**
 * After FNC1, a `%` is written twice in a QR code's alphanumeric segments, and only there (ISO/IEC 18004 7.4.8.2). bwip-js
 * 4.11 writes it twice in byte segments as well, where readers keep both. So it never sees one: it encodes the text three
 * times, with another character for every `%`. These symbols have the same segments, size and mask, and all that a QR code
 * does to its bits is linear, so their sum modulo 2 is the symbol whose characters are the sums: `%`, once, in bytes.
 */
function gs1Qr(elementString: string): Symbol2D {
  const text = withFnc1(elementString);
  if (!text.includes('%')) return matrix('qrcode', text, true);
  const [first, second, third] = PERCENT_PARTS.map((part) => text.replaceAll('%', part));
  const one = matrix('qrcode', first!, true);
  const mask = maskOf(one);
  const two = matrix('qrcode', second!, true, mask);
  const three = matrix('qrcode', third!, true, mask);
  const modules = one.modules.map((module, at) => module ^ two.modules[at]! ^ three.modules[at]!);
  return { kind: 'matrix', size: one.size, modules };
}

/** The mask pattern of a QR code, 0 to 7: bits 12 to 10 of its format information, themselves masked (ISO/IEC 18004 7.9.1). */
function maskOf({ size, modules }: Symbol2D): number {
  const [high, middle, low] = modules.slice(8 * size + 2, 8 * size + 5);
  return (high! * 4 + middle! * 2 + low!) ^ 0b101;
}

function matrix(bcid: string, text: string, parsefnc: boolean, mask?: number): Symbol2D {
  // bwip-js counts masks from 1.
  const [drawn] = bwip.raw({ bcid, text, parsefnc, ...(mask !== undefined && { mask: mask + 1 }) });
  invariant(drawn !== undefined && 'pixs' in drawn && drawn.pixx === drawn.pixy, `${bcid} is not a square matrix`);
  return { kind: 'matrix', size: drawn.pixx, modules: drawn.pixs };
}

function bars(text: string): Symbol1D {
  const [drawn] = bwip.raw({ bcid: 'code128', text, parsefnc: true });
  invariant(drawn !== undefined && 'sbs' in drawn, 'code128 has no bars');
  return { kind: 'bars', size: drawn.sbs.reduce((sum, width) => sum + width, 0), widths: drawn.sbs };
}
