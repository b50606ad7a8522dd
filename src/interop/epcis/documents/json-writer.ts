import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { DocumentHeader } from '../../../domain/epcis/document.js';
import { definitionsOf, unfoldContext } from '../../../domain/epcis/event-context.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { isEventType } from '../../../domain/epcis/json-document.js';

type Events = AsyncIterable<EpcisEvent> | Iterable<EpcisEvent>;

/** Writes a 2.0 JSON document, an event at a time. */
export async function* writeJson(header: DocumentHeader, events: Events): AsyncIterable<string> {
  if (isEventType(header.type)) {
    for await (const event of events) yield JSON.stringify({ '@context': EPCIS_CONTEXT_URL, ...event });
    return;
  }
  const [before, after] = around(header);
  const context = definitionsOf(header['@context']);
  yield before;
  let separator = '';
  for await (const event of events) {
    yield separator + JSON.stringify(unfoldContext(event, context));
    separator = ',';
  }
  yield after;
}

/** The text before and after the events: the list stands last in its object, so its end is known by counting. */
function around(header: DocumentHeader): readonly [string, string] {
  const { epcisBody, ...rest } = header;
  const context = rest['@context'] ?? EPCIS_CONTEXT_URL;
  if (header.type === 'EPCISDocument') {
    const body = { ...epcisBody, eventList: [] };
    return split(JSON.stringify({ '@context': context, ...rest, epcisBody: body }), ']}}');
  }
  const { queryResults, ...body } = epcisBody ?? {};
  const { resultsBody, ...results } = queryResults ?? {};
  const whole = {
    '@context': context,
    ...rest,
    epcisBody: {
      ...body,
      queryResults: { queryName: 'SimpleEventQuery', ...results, resultsBody: { ...resultsBody, eventList: [] } },
    },
  };
  return split(JSON.stringify(whole), ']}}}}');
}

const split = (text: string, after: string): readonly [string, string] => [text.slice(0, -after.length), after];
