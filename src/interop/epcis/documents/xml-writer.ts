import { DocumentError, type DocumentHeader } from '../../../domain/epcis/document.js';
import { namespacesOf } from '../../../domain/epcis/context.js';
import { definitionsOf, unfoldContext } from '../../../domain/epcis/event-context.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { isEventType } from '../../../domain/epcis/json-document.js';
import type { Members } from '../../../domain/epcis/xml/codec.js';
import { plain, type XmlElement, type XmlVersion } from '../../../domain/epcis/xml/element.js';
import { writeXmlEvent } from '../../../domain/epcis/xml/event.js';
import { inEventList12 } from '../../../domain/epcis/xml/event-1-2.js';
import { writeXmlHeader } from '../../../domain/epcis/xml/header-writer.js';
import { WriteNames } from '../../../domain/epcis/xml/names.js';
import { EMPTY_SCOPE, serialize, startTag, type Scope } from '../../../domain/epcis/xml/serialize.js';

type Events = AsyncIterable<EpcisEvent> | Iterable<EpcisEvent>;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Writes an XML document, an event at a time. Throws DocumentError. */
export async function* writeXml(header: DocumentHeader, events: Events, version: XmlVersion): AsyncIterable<string> {
  const context = definitionsOf(header['@context']);
  const written = (event: EpcisEvent): XmlElement => {
    const unfolded = unfoldContext(event, context) as Members;
    return writeXmlEvent(unfolded, new WriteNames(explicitNames(header['@context'], unfolded['@context'])), version);
  };
  yield DECLARATION;
  if (isEventType(header.type)) {
    for await (const event of events) yield serialize(written(event));
    return;
  }
  const frame = writeXmlHeader(header, version);
  const opened: { element: XmlElement; after: readonly XmlElement[]; scope: Scope }[] = [];
  const root = startTag(frame.root, EMPTY_SCOPE, frame.declared);
  const comments = (frame.root.comments ?? []).map((text) => `<!--${text}-->\n`);
  yield `${comments.join('')}${root.open}>\n`;
  yield pieces(frame.header, root.inner);
  let scope = root.inner;
  for (const { element, before, after } of frame.around) {
    const { open, inner } = startTag(element, scope);
    opened.unshift({ element, after, scope: inner });
    scope = inner;
    yield `${open}>\n${pieces(before, inner)}`;
  }
  const list = startTag(plain('EventList', []), scope);
  yield `${list.open}>\n`;
  let index = 0;
  for await (const event of events) yield eventText(event, index++);
  yield '</EventList>\n';
  for (const { element, after, scope: inner } of opened) yield `${pieces(after, inner)}${endTag(element)}\n`;
  yield `${pieces(frame.after, root.inner)}${endTag(frame.root)}\n`;

  function eventText(event: EpcisEvent, at: number): string {
    try {
      const element = written(event);
      return `${serialize(version === '1.2' ? inEventList12(element) : element, list.inner)}\n`;
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      const pointer = `/epcisBody/eventList/${at}${error.place.pointer ?? ''}`;
      throw new DocumentError(error.code, { pointer }, error.expected, error.got);
    }
  }
}

const pieces = (elements: readonly XmlElement[], scope: Scope): string =>
  elements.map((element) => `${serialize(element, scope)}\n`).join('');
const endTag = ({ prefix, local }: XmlElement): string => `</${prefix === '' ? local : `${prefix}:${local}`}>`;

/** The namespaces that the contexts define; those of the standard are the names' own. */
function explicitNames(...contexts: readonly unknown[]): ReadonlyMap<string, string> {
  const defined = new Set(contexts.flatMap((context) => [...definitionsOf(context).keys()]));
  return new Map([...namespacesOf(...contexts)].filter(([prefix]) => defined.has(prefix)));
}
