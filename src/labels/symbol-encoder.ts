import bwip from 'bwip-js/node';
import { invariant } from '../domain/errors.js';
import { GS } from '../domain/gs1/element-string.js';
import { LabelError } from './label-error.js';
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
 * Throws LABEL_NOT_ENCODABLE.
 */
export function encodeSymbol(symbology: Symbology, content: LabelContent): LabelSymbol {
  switch (symbology) {
    case 'gs1-datamatrix':
      return matrix('datamatrix', withFnc1(content.elementString), true);
    case 'gs1-qr':
      refusePercentInBytes(content.elementString);
      return matrix('qrcode', withFnc1(content.elementString), true);
    case 'gs1-128':
      return bars(withFnc1(content.elementString));
    case 'digital-link-datamatrix':
      return matrix('datamatrix', content.digitalLink, false);
    case 'digital-link-qr':
      return matrix('qrcode', content.digitalLink, false);
  }
}

// FNC1 first says that the data is GS1's (ISO/IEC 16022 5.2.4.6, 18004 7.4.8.2, 15417). Set 82 has no '^'.
const withFnc1 = (elementString: string): string => '^FNC1' + elementString.replaceAll(GS, '^FNC1');

const QR_ALPHANUMERIC = /^[0-9A-Z $%*+\-./:\u001d]*$/;

/**
 * After FNC1, a `%` is written twice in a QR code's alphanumeric segments, and only there (ISO/IEC 18004 7.4.8.2). bwip-js
 * 4.11 writes it twice in byte segments as well, where readers keep both; so it gets a `%` only where no byte segment can be.
 */
function refusePercentInBytes(elementString: string): void {
  if (!elementString.includes('%') || QR_ALPHANUMERIC.test(elementString)) return;
  throw new LabelError(
    'LABEL_NOT_ENCODABLE',
    'A gs1-qr symbol holds no "%" together with small letters or other signs. Use gs1-datamatrix or digital-link-qr.',
    { pointer: '/symbology', input: elementString },
  );
}

function matrix(bcid: string, text: string, parsefnc: boolean): Symbol2D {
  const [drawn] = bwip.raw({ bcid, text, parsefnc });
  invariant(drawn !== undefined && 'pixs' in drawn && drawn.pixx === drawn.pixy, `${bcid} is not a square matrix`);
  return { kind: 'matrix', size: drawn.pixx, modules: drawn.pixs };
}

function bars(text: string): Symbol1D {
  const [drawn] = bwip.raw({ bcid: 'code128', text, parsefnc: true });
  invariant(drawn !== undefined && 'sbs' in drawn, 'code128 has no bars');
  return { kind: 'bars', size: drawn.sbs.reduce((sum, width) => sum + width, 0), widths: drawn.sbs };
}
