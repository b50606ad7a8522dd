import { isFields, type Fields } from './checks.js';
import { DocumentError, type DocumentHeader } from './document.js';
import { EVENT_TYPES } from './event.js';
import { omit } from './omit.js';
import { checkDocument } from './validate-document.js';

/** The header in the JSON of a document whose list of events is left out or empty. Throws DocumentError. */
export function readJsonHeader(document: unknown): DocumentHeader {
  if (!isFields(document))
    throw new DocumentError('TYPE_WRONG', { pointer: '' }, 'an EPCIS document: an object', typeof document);
  if (isEventType(document['type'])) {
    const context = document['@context'];
    return context === undefined
      ? { type: document['type'] }
      : ({ type: document['type'], '@context': context } as DocumentHeader);
  }
  const [problem] = checkDocument(document);
  if (problem !== undefined) throw problem;
  return withoutEventList(document) as unknown as DocumentHeader;
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Events that are still there were not found by their name: it was spelt with escapes. */
function refuseEvents(list: unknown, pointer: string): void {
  if (!isEmpty(list))
    throw new DocumentError('VALUE_INVALID', { pointer }, 'a list named without escapes', 'eventList');
}

/** True for the type of an event. */
export const isEventType = (type: unknown): type is (typeof EVENT_TYPES)[number] =>
  EVENT_TYPES.some((candidate) => candidate === type);

function withoutEventList(document: Fields): Fields {
  const { epcisBody, ...rest } = document;
  const body = bodyWithoutEvents(epcisBody as Fields);
  return Object.keys(body).length === 0 ? rest : { ...rest, epcisBody: body };
}

function bodyWithoutEvents(body: Fields): Fields {
  const rest = omit(body, 'eventList');
  if (!isFields(rest['queryResults'])) {
    refuseEvents(body['eventList'], '/epcisBody/eventList');
    return rest;
  }
  const { resultsBody, ...results } = rest['queryResults'];
  refuseEvents((resultsBody as Fields)['eventList'], '/epcisBody/queryResults/resultsBody/eventList');
  const others = omit(resultsBody as Fields, 'eventList');
  return {
    ...rest,
    queryResults: Object.keys(others).length === 0 ? results : { ...results, resultsBody: others },
  };
}
