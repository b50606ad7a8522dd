import { PRIMARY_KEYS, PRIMARY_WORDS } from '../../digital-link/resolution/identified.js';
import { LINKSET_CONTEXT_PATH } from '../../digital-link/resolution/linkset.js';
import { area, type Operation, type Schema, text } from '../operation.js';

const json = { 'application/json': { type: 'object' } };
const html = { 'text/html': text };
const languages: Record<string, Schema> = { 'Accept-Language': text };
const options: Operation = { summary: 'Which methods and origins', who: 'public', answers: { 204: 'The headers.' } };

const resolved: Operation = {
  summary: 'The resource behind a GS1 Digital Link',
  who: 'public',
  query: { linkType: text, context: text },
  headers: languages,
  answers: {
    200: {
      description: 'The link set, or the own page.',
      content: { 'application/linkset+json': {}, 'application/ld+json': {}, ...json, ...html },
    },
    307: 'Where the link that fits leads.',
  },
};
const checked: Operation = {
  summary: 'The public answer about a thing: a page, or JSON-LD',
  who: 'public',
  query: { lang: text },
  headers: languages,
  answers: { 200: { description: 'The answer.', content: { ...html, 'application/ld+json': {}, ...json } } },
};

export const digitalLink = area('GS1 Digital Link', {
  '/.well-known/gs1resolver': {
    get: {
      summary: 'What the resolver is',
      who: 'public',
      answers: { 200: { description: 'It says.', content: json } },
    },
  },
  [LINKSET_CONTEXT_PATH]: {
    get: {
      summary: 'The JSON-LD context of link sets',
      who: 'public',
      answers: { 200: { description: 'The context.', content: { 'application/ld+json': {} } } },
    },
  },
  '/check/report': {
    post: {
      summary: 'A report about a pack by somebody who holds it',
      who: 'public',
      body: {
        content: {
          'application/x-www-form-urlencoded': {
            type: 'object',
            properties: { link: text, reason: text, lang: text },
            required: ['link', 'reason'],
          },
        },
      },
      answers: { 200: { description: 'The page again.', content: html }, 422: 'It is not taken.' },
    },
  },
  ...Object.fromEntries(
    [...PRIMARY_KEYS, ...PRIMARY_WORDS].map((key) => [`/${key}/{path}`, { get: resolved, options }]),
  ),
  ...Object.fromEntries(PRIMARY_KEYS.map((key) => [`/check/${key}/{path}`, { get: checked, options }])),
});
