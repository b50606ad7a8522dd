import { EPC_FORMATS } from '../../epcis/rest/exchange.js';
import { area, oneOf, ref, text } from '../operation.js';

const problems = ['application/problem+json', 'application/problem+xml'];

export const dscsa = area('DSCSA', {
  '/dscsa/shipments/{eventID}/epcis': {
    get: {
      summary: 'The shipment file: EPCIS 2.0 JSON, or 1.2 XML for whoever accepts XML',
      who: 'read',
      headers: { 'GS1-EPC-Format': oneOf(...EPC_FORMATS) },
      answers: {
        200: {
          description: 'Header, master data, statement and events of exactly what was shipped.',
          content: {
            'application/json': ref('EpcisDocument'),
            'application/ld+json': ref('EpcisDocument'),
            'application/xml': text,
            'text/xml': text,
          },
        },
      },
      problems,
    },
  },
  '/dscsa/shipments/{eventID}/transaction-information': {
    get: {
      summary: 'Transaction information and statement of a shipment, and what is missing of them',
      who: 'read',
      query: { epc: { ...text, description: 'One pack or container of the shipment.' } },
      answers: { 200: { description: 'Both.', content: { 'application/json': { type: 'object' } } } },
      problems,
    },
  },
});
