import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatCompactReceipt, splitParts } from '../domain/receipt/compact/index.js';
import type { Receipt } from '../domain/receipt/receipt.js';
import { escapeXml, matrixPath } from './svg-renderer.js';
import { qrCode } from './symbol-encoder.js';

/** Modules around a QR code that stay free (ISO/IEC 18004 6.3.8). */
const QUIET = 4;
/** A phone reads a module of half a millimetre from a hand's breadth away. */
const MODULE_MM = 0.5;

/** What the page says beside its codes. */
export interface CodesPage {
  readonly title: string;
  /** Address of the page that checks receipts. */
  readonly verify: string;
}

/** The texts of a receipt's QR codes (docs/formats/receipt-compact.md), in their order. */
export const receiptParts = (receipt: Receipt): string[] => splitParts(formatCompactReceipt(receipt));

/** One part as an SVG image, its quiet zone with it. */
export function partSvg(text: string): string {
  const symbol = qrCode(text);
  const size = symbol.size + 2 * QUIET;
  const mm = size * MODULE_MM;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${mm}mm" height="${mm}mm" viewBox="0 0 ${size} ${size}">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/>` +
    `<path shape-rendering="crispEdges" transform="translate(${QUIET} ${QUIET})" d="${matrixPath(symbol)}"/></svg>`
  );
}

/** All parts on a page to print, without scripts. A large code takes a tenth of a second: others get their turn between. */
export async function codesPage(parts: readonly string[], { title, verify }: CodesPage): Promise<string> {
  const figures: string[] = [];
  for (const [i, text] of parts.entries()) {
    await nextTurn();
    figures.push(`<figure>${partSvg(text)}<figcaption>${i + 1} / ${parts.length}</figcaption></figure>`);
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${CODES_STYLE}</style>
</head>
<body>
<h1>${escapeXml(title)}</h1>
<p>Read ${parts.length === 1 ? 'the code' : `all ${parts.length} codes, in any order,`} with any scanner that gives their text, and paste that at <a href="${escapeXml(verify)}">${escapeXml(verify)}</a>, or at a saved copy of that page. No network is needed for it.</p>
${figures.join('\n')}
<details><summary>The same as text</summary>
${parts.map((text) => `<code>${escapeXml(text)}</code>`).join('\n')}
</details>
</body>
</html>
`;
}

export const CODES_STYLE = [
  'body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:46rem;padding:0 1rem;color:#000;background:#fff}',
  'h1{font-size:1.2rem;overflow-wrap:anywhere}',
  'figure{display:inline-block;margin:0 1rem 0.5rem 0;text-align:center;break-inside:avoid;max-width:100%}',
  'svg{max-width:100%;height:auto}',
  'code{display:block;margin:0.5rem 0;font-size:0.75rem;overflow-wrap:anywhere;white-space:pre-wrap}',
  '@media print{details{display:none}}',
].join('');
