import { area, ref, text } from '../operation.js';

const json = { 'application/json': { type: 'object' } };

export const server = area('server', {
  '/health/live': {
    get: {
      summary: 'Whether the process runs',
      who: 'public',
      answers: { 200: { description: 'It does.', content: { 'application/json': ref('Health') } } },
    },
  },
  '/health/ready': {
    get: {
      summary: 'Whether the process should get work',
      who: 'public',
      answers: {
        200: { description: 'It should.', content: { 'application/json': ref('Health') } },
        503: { description: 'It should not.', content: { 'application/json': ref('Health') } },
      },
    },
  },
  '/metrics': {
    get: {
      summary: 'Figures for Prometheus',
      who: 'public',
      answers: { 200: { description: 'The figures.', content: { 'text/plain': text } } },
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This document',
      who: 'public',
      answers: { 200: { description: 'OpenAPI 3.1.', content: json } },
    },
  },
  '/graphql': {
    post: {
      summary: 'GraphQL: everything else, described by its schema',
      who: 'public',
      body: {
        content: {
          'application/json': {
            type: ['object', 'array'],
            properties: { query: text, variables: { type: 'object' }, operationName: text },
          },
        },
      },
      answers: { 200: { description: 'Data and errors.', content: json } },
    },
  },
  '/oauth/token': {
    post: {
      summary: 'An access token for a machine client (RFC 6749 §4.4)',
      who: 'public',
      body: {
        content: {
          'application/x-www-form-urlencoded': {
            type: 'object',
            properties: {
              grant_type: { type: 'string', const: 'client_credentials' },
              client_id: text,
              client_secret: text,
            },
            required: ['grant_type'],
          },
        },
      },
      answers: { 200: { description: 'The token.', content: { 'application/json': ref('AccessToken') } } },
      problems: ['application/json'],
    },
  },
  '/.well-known/jwks.json': {
    get: {
      summary: 'The keys that access tokens are signed with (RFC 7517)',
      who: 'public',
      answers: { 200: { description: 'The keys.', content: json } },
    },
  },
  '/serial-orders/{id}/serials.txt': {
    get: {
      summary: 'The serial numbers of an order, one a line',
      who: 'commission',
      answers: { 200: { description: 'The numbers.', content: { 'text/plain': text } } },
    },
  },
});
