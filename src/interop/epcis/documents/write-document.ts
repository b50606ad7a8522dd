import type { DocumentHeader } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { writeJson } from './json-writer.js';
import { writeXml } from './xml-writer.js';

/** The forms that a document can be written in. */
export type DocumentForm = 'json' | 'xml-2.0' | 'xml-1.2';

/**
 * Writes a document, an event at a time. Definitions of the events' own contexts that the header's context has too are left
 * to the header. Throws DocumentError, NOT_EXPRESSIBLE where the form cannot say what an event says.
 */
export function writeDocument(
  header: DocumentHeader,
  events: AsyncIterable<EpcisEvent> | Iterable<EpcisEvent>,
  form: DocumentForm,
): AsyncIterable<string> {
  if (form === 'json') return writeJson(header, events);
  return writeXml(header, events, form === 'xml-2.0' ? '2.0' : '1.2');
}
