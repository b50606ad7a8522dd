import { type LabelIdentity, labelContent } from './label-content.js';
import { type HriPlacement, layOut } from './label-layout.js';
import type { LabelRenderer } from './label-renderer.js';
import { LabelError } from './label-error.js';
import { PngRenderer } from './png-renderer.js';
import { SvgRenderer } from './svg-renderer.js';
import { encodeSymbol } from './symbol-encoder.js';
import { PRINT_RULES, type Symbology, xDimension } from './symbology.js';

export type LabelFormat = 'svg' | 'png';

/** How a label is to look. Left out: GS1's defaults (docs/formats/labels.md). */
export interface LabelStyle {
  readonly symbology?: Symbology;
  readonly format?: LabelFormat;
  /** Dots an inch of the printer; PNG only. */
  readonly dpi?: number;
  /** Size of a module in mm. */
  readonly xDimension?: number;
  readonly hriPlacement?: HriPlacement;
}

/** Everything that a label is made from; it can be sent to another thread. */
export interface LabelRequest {
  readonly identity: LabelIdentity;
  readonly style: LabelStyle;
  /** A product's name: text beside the code that is no part of its interpretation. */
  readonly name?: string;
  /** Where Digital Links point to, without a trailing slash. */
  readonly stem?: string;
}

/** A finished label. */
export interface RenderedLabel {
  readonly mediaType: string;
  /** Text for SVG, bytes for PNG. */
  readonly data: string | Uint8Array;
  /** As a scanner transmits it, GS (0x1D) as separator. */
  readonly elementString: string;
  readonly digitalLink: string;
  readonly hri: readonly string[];
  readonly widthMm: number;
  readonly heightMm: number;
}

const DEFAULT_DPI = 300;

/**
 * Makes one label. Pure, and the same on every thread.
 * Throws LabelError, or the domain's errors for a wrong GTIN, SSCC, lot or serial number.
 */
export function renderLabel({ identity, style, name, stem }: LabelRequest): RenderedLabel {
  const symbology = style.symbology ?? defaultSymbology(identity);
  refuseUnfit(symbology, identity);
  const content = labelContent(identity, stem);
  const renderer = rendererOf(style);
  const { xMinMm, xMaxMm } = PRINT_RULES[symbology];
  const symbol = encodeSymbol(symbology, content);
  const layout = layOut({
    symbology,
    symbol,
    xMm: renderer.fitXDimension(xDimension(symbology, style.xDimension), xMinMm, xMaxMm),
    hri: content.hri,
    hriPlacement: style.hriPlacement ?? (symbol.kind === 'bars' ? 'below' : 'side'),
    name: name ?? '',
  });
  const { mediaType, data } = renderer.draw(symbol, layout);
  const { elementString, digitalLink, hri } = content;
  return { mediaType, data, elementString, digitalLink, hri, widthMm: layout.widthMm, heightMm: layout.heightMm };
}

/** SSCCs go on pallets in GS1-128, everything else in GS1 DataMatrix. */
export const defaultSymbology = (identity: LabelIdentity): Symbology =>
  identity.kind === 'container' ? 'gs1-128' : 'gs1-datamatrix';

// GS1 GenSpecs 2.1: a regulated medicine with a serial number carries GS1 DataMatrix; all four elements are too long for bars.
function refuseUnfit(symbology: Symbology, identity: LabelIdentity): void {
  if (symbology !== 'gs1-128' || identity.kind !== 'pack') return;
  throw new LabelError('LABEL_SYMBOLOGY_NOT_ALLOWED', 'A pack carries a two-dimensional symbol, not gs1-128.', {
    pointer: '/symbology',
    input: symbology,
  });
}

function rendererOf(style: LabelStyle): LabelRenderer {
  switch (style.format ?? 'svg') {
    case 'svg':
      return new SvgRenderer();
    case 'png':
      return new PngRenderer(style.dpi ?? DEFAULT_DPI);
  }
}
