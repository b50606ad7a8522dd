import { SYMBOLOGIES } from '../../../labels/symbology.js';
import { area, binary, flag, type Operation, oneOf, type Schema, text } from '../operation.js';

const json = { 'application/json': { type: 'object' } };
const look: Record<string, Schema> = {
  symbology: oneOf(...SYMBOLOGIES),
  dpi: { type: 'integer' },
  xDimension: { type: 'number' },
  hri: oneOf('below', 'side', 'none'),
  name: flag,
  lot: text,
};
const label = (of: string): { get: Operation } => ({
  get: {
    summary: `The label of ${of}; the path ends in .svg or .png`,
    who: 'read',
    query: look,
    answers: { 200: { description: 'The label.', content: { 'image/svg+xml': text, 'image/png': binary } } },
  },
});

export const packs = area('packs', {
  '/verify': {
    get: {
      summary: 'The public answer about a scanned code',
      who: 'public',
      query: { scan: { ...text, description: 'What the scanner read, percent-encoded.' } },
      answers: { 200: { description: 'The verdict.', content: json } },
    },
  },
  '/labels/01/{gtin}/21/{serial}': label('a pack'),
  '/labels/01/{gtin}/10/{lot}': label('a lot'),
  '/labels/01/{gtin}': label('a product'),
  '/labels/00/{sscc}': label('a container'),
});

const asked: Record<string, Schema> = {
  exp: { ...text, description: 'The expiry date, YYMMDD.' },
  context: { ...text, description: 'The reason for the request.' },
  linkType: text,
  reqGLN: text,
};

export const verificationMessaging = area('verification messaging', {
  '/verify/gtin/{gtin}/lot/{lot}/ser/{ser}': {
    get: {
      summary: 'Whether a product identifier is verified (GS1 Lightweight Messaging)',
      who: 'public',
      query: asked,
      answers: { 200: { description: 'Verified or not, and why not; signed.', content: json } },
    },
  },
  ...Object.fromEntries(
    ['/checkConnectivity', '/verify/checkConnectivity'].map((path) => [
      path,
      {
        get: {
          summary: 'Whether questions about a GTIN are answered here, and by whom',
          who: 'public',
          query: { gtin: text, reqGLN: text, context: text },
          answers: { 200: { description: 'The GLN of the responder.', content: json } },
        } satisfies Operation,
      },
    ]),
  ),
});
