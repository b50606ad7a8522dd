import { DocumentError, type DocumentHeader } from '../../../domain/epcis/document.js';
import { definitionsOf, foldContext } from '../../../domain/epcis/event-context.js';
import type { JsonValue } from '../../../domain/epcis/event.js';
import { placeOf } from '../../../domain/epcis/xml/element.js';
import { readXmlEvent, type EventOptions } from '../../../domain/epcis/xml/event.js';
import { readXmlHeader, rootOf } from '../../../domain/epcis/xml/header.js';
import type { Conformance, DocumentEvent, OpenSource, ReadableDocument } from './document-source.js';
import type { DocumentLimits } from './limits.js';
import { decodeXml } from './xml-text.js';
import { XmlTree, type DocumentElement, type EventElement } from './xml-tree.js';

/** An EPCIS document, query document, master data document or single event in XML, of EPCIS 2.0 or 1.x. */
export class XmlDocument implements ReadableDocument {
  private around: Promise<DocumentElement> | undefined;

  constructor(
    private readonly open: OpenSource,
    private readonly limits: DocumentLimits,
    private readonly conformance: Conformance,
  ) {}

  async header(): Promise<DocumentHeader> {
    const { root, declared } = await this.read();
    return readXmlHeader(root, declared);
  }

  async *events(): AsyncIterable<DocumentEvent> {
    const { root, declared } = await this.read();
    const context = definitionsOf(readXmlHeader(root, declared)['@context']);
    const { version } = rootOf(root);
    const options = { version, strict: this.conformance === 'schema' && version === '2.0' };
    const tree = new XmlTree('events', this.limits);
    for await (const text of decodeXml(this.open)) {
      for (const event of tree.push(text)) yield eventOf(event, options, context);
    }
  }

  private read(): Promise<DocumentElement> {
    this.around ??= this.readAround();
    return this.around;
  }

  private async readAround(): Promise<DocumentElement> {
    const tree = new XmlTree('around', this.limits);
    let characters = 0;
    for await (const text of decodeXml(this.open)) {
      characters += text.length;
      if (characters > this.limits.documentBytes) {
        throw new DocumentError('TOO_LARGE', {}, `a document of at most ${this.limits.documentBytes} bytes`, 'more');
      }
      tree.push(text);
    }
    const found = tree.end();
    rootOf(found.root);
    return found;
  }
}

function eventOf(
  { index, element }: EventElement,
  options: EventOptions,
  context: ReadonlyMap<string, JsonValue>,
): DocumentEvent {
  const pointer = placeOf(element).path!;
  try {
    return { index, pointer, event: foldContext(readXmlEvent(element, options), context) };
  } catch (error) {
    if (error instanceof DocumentError) return { index, pointer, event: undefined, fault: error };
    throw error;
  }
}
