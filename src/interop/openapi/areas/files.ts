import { z } from 'zod';
import { importParameters } from '../../csv-import/csv-import.controller.js';
import { area, type Operation, ref, type Schema, text } from '../operation.js';
import type { Ability } from '../../../access/abilities.js';

const { properties } = z.toJSONSchema(importParameters, { io: 'input' }) as { properties: Record<string, Schema> };

const imported = (what: string, who: Ability): { post: Operation } => ({
  post: {
    summary: `Registers ${what} from a file: all rows or none, unless partial`,
    who,
    query: properties,
    body: { content: { 'text/csv': text } },
    answers: {
      200: { description: 'The report.', content: { 'application/json': ref('ImportReport'), 'text/csv': text } },
      422: {
        description: 'The report: rows are refused, and nothing was registered.',
        content: { 'application/json': ref('ImportReport'), 'text/csv': text },
      },
    },
  },
});

export const files = area('files', {
  '/import': {
    get: {
      summary: 'What can be imported, and the columns of each',
      who: 'signed in',
      answers: { 200: { description: 'The kinds.', content: { 'application/json': { type: 'object' } } } },
    },
  },
  '/import/{kind}/template': {
    get: {
      summary: 'A file with the header of a kind',
      who: 'signed in',
      answers: { 200: { description: 'The file.', content: { 'text/csv': text } } },
    },
  },
  '/import/organisations': imported('organisations and their company prefixes', 'register_organisations'),
  '/import/sites': imported('sites of one’s own organisation', 'manage_own'),
  '/import/products': imported('products under an own company prefix', 'manage_products'),
  '/import/master-data': imported('what trading partners say of products, places and parties', 'capture'),
});
