import { CBV_FORMATS, EPC_FORMATS } from '../../epcis/rest/exchange.js';
import { area, listOf, type Method, oneOf, type Operation, ref, type Schema, text, whole } from '../operation.js';

const XML = { 'application/xml': text, 'text/xml': text };
const inForms = (schema: Schema) => ({ 'application/json': schema, 'application/ld+json': schema, ...XML });
const problems = ['application/problem+json', 'application/problem+xml'];
const version = { ...text, examples: ['2.0'] };
const versions: Record<string, Schema> = {
  'GS1-EPCIS-Version': version,
  'GS1-EPCIS-Min': version,
  'GS1-EPCIS-Max': version,
  'GS1-CBV-Version': version,
  'GS1-CBV-Min': version,
  'GS1-CBV-Max': version,
};
const asked: Record<string, Schema> = {
  ...versions,
  'GS1-EPC-Format': oneOf(...EPC_FORMATS),
  'GS1-CBV-XML-Format': oneOf(...CBV_FORMATS),
  'GS1-Extensions': { ...text, description: 'prefix=namespace, separated by commas.' },
};
const paging: Record<string, Schema> = { perPage: { ...whole, minimum: 1, default: 30 }, nextPageToken: text };
const pages = { Link: 'The next page, rel="next".', 'GS1-Next-Page-Token-Expires': 'Until when it can be asked for.' };
const parameters: Schema = {
  type: 'object',
  description: 'Parameters of SimpleEventQuery by their names; the values of a list are separated by |.',
  additionalProperties: { type: 'string' },
};

type Given = Omit<Operation, 'who' | 'problems'> & { readonly who?: Operation['who'] };
const operation = (given: Given): Operation => ({
  who: 'read',
  ...given,
  headers: { ...asked, ...given.headers },
  problems,
});
const discovered = (): Operation =>
  operation({ summary: 'Methods, versions and forms of the resource', answers: { 204: 'In the headers.' } });
/** A resource and its discovery. */
const resource = (methods: Partial<Record<Exclude<Method, 'options'>, Given>>) => ({
  options: discovered(),
  ...without(methods),
});
const without = (methods: Partial<Record<Exclude<Method, 'options'>, Given>>) =>
  Object.fromEntries(Object.entries(methods).map(([method, given]) => [method, operation(given)]));

const collection = (summary: string): Given => ({
  summary,
  query: paging,
  answers: { 200: { description: 'The collection.', content: inForms(ref('Collection')), headers: pages } },
});
const events = (summary: string): Given => ({
  summary,
  query: { ...paging, parameters },
  answers: { 200: { description: 'The events.', content: inForms(ref('EpcisQueryDocument')), headers: pages } },
});
const job = { description: 'The job.', content: inForms(ref('CaptureJob')) };
const created = (description: string) => ({ description, headers: { Location: 'Where it is.' } });

export const epcis = area('EPCIS 2.0', {
  '/epcis': resource({ get: collection('The resources there are') }),
  '/epcis/capture': resource({
    post: {
      summary: 'Takes an EPCIS document in, as a job',
      who: 'capture',
      headers: { 'GS1-Capture-Error-Behaviour': oneOf('rollback', 'proceed') },
      body: { content: inForms(ref('EpcisDocument')) },
      answers: { 202: created('It is kept and will be captured.') },
    },
    get: {
      summary: 'The jobs of the organisation',
      query: paging,
      answers: { 200: { description: 'The jobs.', content: inForms(listOf(ref('CaptureJob'))), headers: pages } },
    },
  }),
  '/epcis/capture/{id}': resource({ get: { summary: 'What became of a document', answers: { 200: job } } }),
  '/epcis/capture/{id}/document': resource({
    get: {
      summary: 'The document as it came, of the events that were captured',
      answers: { 200: { description: 'The document.', content: inForms(ref('EpcisDocument')) } },
    },
  }),
  '/epcis/events': resource({
    get: events('Events by the parameters of SimpleEventQuery'),
    post: {
      summary: 'Takes one event in; it is stored when this is answered',
      who: 'capture',
      body: { content: inForms(ref('EpcisEvent')) },
      answers: {
        201: { ...created('It is stored.'), content: { 'application/json': ref('EpcisEvent') } },
        409: 'There is an event of this eventID.',
      },
    },
  }),
  '/epcis/events/{eventID}': resource({ get: events('One event') }),
  '/epcis/{resource}': resource({
    get: collection('Values of eventTypes, epcs, bizSteps, bizLocations, readPoints or dispositions'),
  }),
  '/epcis/{resource}/{value}': resource({ get: collection('What there is below a value') }),
  '/epcis/{resource}/{value}/events': resource({ get: events('Events with a value') }),
  '/epcis/queries': resource({
    get: {
      summary: 'The named queries',
      query: paging,
      answers: { 200: { description: 'The queries.', content: { 'application/json': {}, ...XML }, headers: pages } },
    },
    post: {
      summary: 'Keeps a query under a name',
      who: 'subscribe',
      body: { content: { 'application/json': ref('NamedQuery'), 'application/ld+json': ref('NamedQuery'), ...XML } },
      answers: { 201: created('It is kept.') },
    },
  }),
  '/epcis/queries/{name}': resource({
    get: {
      summary: 'A named query',
      answers: { 200: { description: 'The query.', content: inForms(ref('NamedQuery')) } },
    },
    delete: {
      summary: 'Forgets a named query and its subscriptions',
      who: 'subscribe',
      answers: { 204: 'It is gone.' },
    },
  }),
  '/epcis/queries/{name}/events': resource({
    get: {
      ...events('The events that a named query finds; upgraded to a WebSocket, those that come'),
      answers: {
        ...events('').answers,
        101: 'A WebSocket, which gets an EPCISQueryDocument a message.',
      },
    },
  }),
  '/epcis/queries/{name}/subscriptions': resource({
    get: {
      summary: 'The subscriptions to a named query',
      query: paging,
      answers: {
        200: { description: 'The subscriptions.', content: { 'application/json': {}, ...XML }, headers: pages },
      },
    },
    post: {
      summary: 'Has what a named query finds sent on',
      who: 'subscribe',
      body: {
        content: { 'application/json': ref('Subscription'), 'application/ld+json': ref('Subscription'), ...XML },
      },
      answers: { 201: created('It is kept.') },
    },
  }),
  '/epcis/queries/{name}/subscriptions/{id}': resource({
    get: {
      summary: 'A subscription',
      answers: { 200: { description: 'The subscription.', content: inForms(ref('Subscription')) } },
    },
    delete: { summary: 'Ends a subscription', who: 'subscribe', answers: { 204: 'It is ended.' } },
  }),
  '/epcis/queries/{name}/subscriptions/{id}/deadLetters': resource({
    get: {
      summary: 'What the subscriber never took',
      query: paging,
      answers: { 200: { description: 'The deliveries.', content: { 'application/json': {} }, headers: pages } },
    },
  }),
  '/epcis/queries/{name}/subscriptions/{id}/deadLetters/{letter}': {
    delete: operation({ summary: 'Gives a delivery up', who: 'subscribe', answers: { 204: 'It is gone.' } }),
  },
  '/epcis/queries/{name}/subscriptions/{id}/deadLetters/{letter}/replay': {
    post: operation({ summary: 'Sends a delivery again', who: 'subscribe', answers: { 202: 'It will be sent.' } }),
  },
  '/epcis/nextPageToken/{token}': resource({
    delete: { summary: 'Gives a page token up', answers: { 204: 'It is gone.' } },
  }),
});
