import type { LabelLayout } from './label-layout.js';
import type { LabelSymbol } from './symbol-encoder.js';

/** One drawn label: text (SVG) or bytes (PNG). */
export interface LabelImage {
  readonly mediaType: string;
  readonly data: string | Uint8Array;
}

/**
 * Draws what is already encoded and laid out; it decides nothing about GS1.
 * `fitXDimension` is asked before the layout: a device with dots gives the X-dimension that whole dots make, never one out
 * of [`minimum`, `maximum`]. `draw` is pure: the same input gives the same bytes. Lengths are mm.
 */
export abstract class LabelRenderer {
  abstract fitXDimension(xMm: number, minimum: number, maximum: number): number;
  abstract draw(symbol: LabelSymbol, layout: LabelLayout): LabelImage;
}
