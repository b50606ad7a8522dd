import { DocumentError, type DocumentHeader } from '../../../domain/epcis/document.js';
import { definitionsOf, foldContext } from '../../../domain/epcis/event-context.js';
import { isEventType, readJsonHeader } from '../../../domain/epcis/json-document.js';
import type { DocumentEvent, OpenSource, ReadableDocument } from './document-source.js';
import { JsonSplitter } from './json-splitter.js';
import { parseJsonBytes } from './json-text.js';
import type { DocumentLimits } from './limits.js';

/** An EPCIS 2.0 JSON document, query document or single event (EPCIS 2.0 §9.3). */
export class JsonDocument implements ReadableDocument {
  private found: Promise<{ header: DocumentHeader; document: unknown }> | undefined;

  constructor(
    private readonly open: OpenSource,
    private readonly limits: DocumentLimits,
  ) {}

  async header(): Promise<DocumentHeader> {
    return (await this.around()).header;
  }

  async *events(): AsyncIterable<DocumentEvent> {
    const { header, document } = await this.around();
    if (isEventType(header.type)) {
      yield { index: 0, pointer: '', event: document };
      return;
    }
    const context = definitionsOf(header['@context']);
    const splitter = new JsonSplitter(this.limits);
    let index = 0;
    for await (const chunk of this.open()) {
      for (const { list, bytes } of splitter.push(chunk)) {
        const pointer = `${list}/${index}`;
        const event = parseJsonBytes(bytes, { pointer }) as Readonly<Record<string, unknown>>;
        yield { index, pointer, event: foldContext(event, context) };
        index++;
      }
    }
  }

  private around(): Promise<{ header: DocumentHeader; document: unknown }> {
    this.found ??= this.readAround();
    return this.found;
  }

  private async readAround(): Promise<{ header: DocumentHeader; document: unknown }> {
    const splitter = new JsonSplitter(this.limits);
    let bytes = 0;
    let events = 0;
    for await (const chunk of this.open()) {
      bytes += chunk.length;
      if (bytes > this.limits.documentBytes) throw tooLarge(`${this.limits.documentBytes} bytes`);
      events += splitter.push(chunk).length;
      if (events > this.limits.events) throw tooLarge(`${this.limits.events} events`);
    }
    const document = parseJsonBytes(splitter.end(), { pointer: '' });
    const header = readJsonHeader(document);
    return { header, document };
  }
}

const tooLarge = (most: string): DocumentError =>
  new DocumentError('TOO_LARGE', { pointer: '' }, `a document of at most ${most}`, 'more');
