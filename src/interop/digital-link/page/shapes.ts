import type { VerdictKind } from '../../../domain/verdict/reasons.js';

const drawn = (outline: string, mark: string): string =>
  `<svg viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">${outline}${mark}</svg>`;

const EXCLAMATION = '<path d="M24 16v11M24 34v.5"/>';

/** A shape for each verdict, so that none is told by colour alone. */
export const SHAPES: Readonly<Record<VerdictKind, string>> = {
  genuine: drawn('<circle cx="24" cy="24" r="20"/>', '<path d="m15 25 6 6 12-14"/>'),
  genuine_do_not_supply: drawn('<path d="M24 4 45 43H3Z"/>', EXCLAMATION),
  not_recognised: drawn(
    '<path d="m24 3 21 21-21 21L3 24Z"/>',
    '<path d="M19 20a5 5 0 1 1 7 4.500c-1.500.800-2 1.500-2 3.500M24 34v.5"/>',
  ),
  contradicted: drawn('<path d="M16 4h16l12 12v16L32 44H16L4 32V16Z"/>', '<path d="m17 17 14 14M31 17 17 31"/>'),
  cannot_tell: drawn(
    '<rect x="5" y="5" width="38" height="38" rx="6" stroke-dasharray="7 6"/>',
    '<path d="M15 24h18"/>',
  ),
};
