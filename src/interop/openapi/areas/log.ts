import { area, binary, flag, listOf, oneOf, type Schema, text, whole } from '../operation.js';

const purpose: Record<string, Schema> = {
  'Halisi-Purpose': { ...text, description: 'Why it is read, for the access trail.' },
};
const html = { 'text/html': text };
const epc: Record<string, Schema> = { epc: { ...text, description: 'The Digital Link of a pack.' } };
const proof = oneOf('transaction', 'state');
const receipts = { 'application/json': { type: 'object' } };
const bytes = { 'application/octet-stream': binary };

export const log = area('log and receipts', {
  '/log/checkpoint': {
    get: {
      summary: 'The newest published checkpoint, with its cosignatures (C2SP signed note)',
      who: 'public',
      answers: { 200: { description: 'The note.', content: { 'text/plain': text } }, 404: 'None is published yet.' },
    },
  },
  '/log/tile/{path}': {
    get: {
      summary: 'A tile or entry bundle of the log (c2sp.org/tlog-tiles)',
      who: 'public',
      answers: { 200: { description: 'The bytes.', content: bytes }, 404: 'It is not published.' },
    },
  },
  '/.well-known/halisi.json': {
    get: {
      summary: 'What this log is: its keys, witnesses and chains',
      who: 'public',
      answers: { 200: { description: 'The description.', content: receipts } },
    },
  },
  '/log/receipt/{position}': {
    get: {
      summary: 'The receipt of an event, or of one pack’s part in it',
      who: 'read',
      query: { ...epc, epcs: listOf(text), fields: listOf(text), as: text, proof },
      headers: purpose,
      answers: {
        200: { description: 'The receipt, in the form asked for.', content: { 'application/json': {}, ...bytes } },
        303: 'The QR codes are elsewhere.',
      },
    },
  },
  '/log/receipts/shipment/{eventID}': {
    get: {
      summary: 'Receipts of a shipment',
      who: 'read',
      query: { epcs: listOf(text), fields: listOf(text), proof },
      headers: purpose,
      answers: { 200: { description: 'A receipt set.', content: receipts } },
    },
  },
  '/log/receipts/lot': {
    get: {
      summary: 'Receipts of a lot',
      who: 'read',
      query: { gtin: text, lot: text, packs: flag, later: flag, after: whole, first: whole, proof },
      headers: purpose,
      answers: {
        200: {
          description: 'A receipt set.',
          content: receipts,
          headers: { 'halisi-next': 'Where more follow.' },
        },
      },
    },
  },
  '/log/receipt/{position}/codes': {
    get: {
      summary: 'A receipt as QR codes, a page to print',
      who: 'read',
      query: epc,
      headers: purpose,
      answers: { 200: { description: 'The page.', content: html } },
    },
  },
  '/log/receipt/{position}/codes/{part}': {
    get: {
      summary: 'One QR code of a receipt, as 1.svg',
      who: 'read',
      query: epc,
      headers: purpose,
      answers: { 200: { description: 'The code.', content: { 'image/svg+xml': text } } },
    },
  },
  '/verify.html': {
    get: {
      summary: 'The page that checks receipts, also offline',
      who: 'public',
      query: { download: text },
      answers: { 200: { description: 'The page.', content: html } },
    },
  },
  '/r/{token}': {
    get: {
      summary: 'The receipt of a link: for a browser the page that checks it, else the file',
      who: 'public',
      answers: { 200: { description: 'The page or the receipt.', content: { ...html, 'application/json': {} } } },
    },
  },
});
