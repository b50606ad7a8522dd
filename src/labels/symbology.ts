import { LabelError } from './label-error.js';

/** How the data is carried. The names are those of the REST parameter `symbology`. */
export const SYMBOLOGIES = [
  'gs1-datamatrix',
  'gs1-qr',
  'gs1-128',
  'digital-link-qr',
  'digital-link-datamatrix',
] as const;

export type Symbology = (typeof SYMBOLOGIES)[number];

/** The print rules of one symbology; lengths in mm, quiet zones in modules. */
export interface PrintRules {
  readonly xMinMm: number;
  readonly xDefaultMm: number;
  readonly xMaxMm: number;
  readonly quietZone: number;
  /** Bars only: their height. */
  readonly barHeightMm?: number;
  /** The widest that a symbol may be with its quiet zones. */
  readonly widthMaxMm?: number;
}

// GS1 GenSpecs 5.12.3 (regulated healthcare: 0.254, 0.380, 0.990); quiet zones: ISO/IEC 16022, 18004.
const DATA_MATRIX: PrintRules = { xMinMm: 0.254, xDefaultMm: 0.38, xMaxMm: 0.99, quietZone: 1 };
const QR: PrintRules = { xMinMm: 0.254, xDefaultMm: 0.38, xMaxMm: 0.99, quietZone: 4 };
// GS1 GenSpecs 5.12.3 (SSCC in general distribution), and 5.4 for the length.
const GS1_128: PrintRules = {
  xMinMm: 0.495,
  xDefaultMm: 0.495,
  xMaxMm: 0.94,
  quietZone: 10,
  barHeightMm: 31.75,
  widthMaxMm: 165.1,
};

export const PRINT_RULES: Readonly<Record<Symbology, PrintRules>> = {
  'gs1-datamatrix': DATA_MATRIX,
  'gs1-qr': QR,
  'gs1-128': GS1_128,
  'digital-link-qr': QR,
  'digital-link-datamatrix': DATA_MATRIX,
};

/** The X-dimension in mm: what was asked for, or the default. Throws LABEL_X_DIMENSION_OUT_OF_RANGE. */
export function xDimension(symbology: Symbology, asked?: number): number {
  const { xMinMm, xDefaultMm, xMaxMm } = PRINT_RULES[symbology];
  const x = asked ?? xDefaultMm;
  if (x >= xMinMm && x <= xMaxMm) return x;
  throw new LabelError(
    'LABEL_X_DIMENSION_OUT_OF_RANGE',
    `The X-dimension of ${symbology} is ${xMinMm} to ${xMaxMm} mm; this is ${x}.`,
    { pointer: '/xDimension', minimum: xMinMm, maximum: xMaxMm, input: x },
  );
}
