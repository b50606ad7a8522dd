import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import { DocumentError, type DocumentErrorCode } from '../../../domain/epcis/document.js';
import { isEventType } from '../../../domain/epcis/json-document.js';
import { placeOf, XSI_NAMESPACE, type XmlAttribute, type XmlElement } from '../../../domain/epcis/xml/element.js';
import { DEEPEST, type DocumentLimits } from './limits.js';

/** What part of a document an element belongs to. */
type Part = 'around' | 'list' | 'event';

interface Building {
  readonly part: Part;
  readonly element: XmlElement & { readonly content: (string | XmlElement)[] };
}

/** An event of an XML document: its element, and its number from 0. */
export interface EventElement {
  readonly index: number;
  readonly element: XmlElement;
}

/** The document around its events. */
export interface DocumentElement {
  readonly root: XmlElement;
  readonly declared: ReadonlyMap<string, string>;
}

/**
 * Builds the elements of a document: what stands around the events, or the events one at a time. There is no DOCTYPE, so no
 * entities but the five of XML. Memory is bounded by one event and the header.
 */
export class XmlTree {
  private readonly parser = new SaxesParser({ xmlns: true });
  private readonly open: Building[] = [];
  private finished: EventElement[] = [];
  private document: DocumentElement | undefined;
  private comments: string[] = [];
  private start = { line: 1, column: 1 };
  private index = 0;
  /** Characters: where the event at hand starts, and how many events took. */
  private eventStart = 0;
  private inEvents = 0;

  constructor(
    private readonly keep: 'around' | 'events',
    private readonly limits: DocumentLimits,
  ) {
    this.parser.on('error', (error) => this.fail('XML_MALFORMED', 'well-formed XML', error.message));
    this.parser.on('doctype', () => this.fail('DOCTYPE_REFUSED', 'no DOCTYPE', '<!DOCTYPE'));
    this.parser.on('xmldecl', ({ version = '1.0' }) => {
      if (version !== '1.0') this.fail('XML_MALFORMED', 'XML 1.0', `version="${version}"`);
    });
    this.parser.on('opentagstart', ({ name }) => {
      this.start = { line: this.parser.line, column: Math.max(1, this.parser.column - name.length - 1) };
    });
    this.parser.on('opentag', (tag) => this.openTag(tag));
    this.parser.on('closetag', () => this.closeTag());
    this.parser.on('text', (text) => this.addText(text));
    this.parser.on('cdata', (text) => this.addText(text));
    this.parser.on('comment', (text) => this.comments.push(text));
  }

  /** The number of events so far. */
  get events(): number {
    return this.index;
  }

  /** The events that end in this text. Throws DocumentError. */
  push(text: string): readonly EventElement[] {
    this.finished = [];
    this.parser.write(text);
    this.bound();
    return this.finished;
  }

  /** What stands around the events. Throws DocumentError where the document is not whole. */
  end(): DocumentElement {
    this.parser.close();
    return this.document ?? this.fail('XML_MALFORMED', 'a root element', 'none');
  }

  private bound(): void {
    const isEvent = this.open.at(-1)?.part === 'event';
    const inEvent = isEvent ? this.parser.position - this.eventStart : 0;
    const around = this.parser.position - this.inEvents - inEvent;
    if (inEvent > this.limits.eventBytes)
      this.fail('TOO_LARGE', `an event of at most ${this.limits.eventBytes} bytes`, 'more');
    if (around > this.limits.headerBytes)
      this.fail('TOO_LARGE', `a header of at most ${this.limits.headerBytes} bytes`, 'more');
  }

  private openTag(tag: SaxesTagNS): void {
    const parent = this.open.at(-1);
    if (this.open.length >= DEEPEST) this.fail('NESTING_TOO_DEEP', `at most ${DEEPEST} levels`, 'more');
    const part = partOf(tag, parent);
    const isEvent = part === 'event' && parent?.part !== 'event';
    const comments = this.comments;
    this.comments = [];
    const element = {
      prefix: tag.prefix,
      local: tag.local,
      uri: tag.uri,
      attributes: this.attributesOf(tag),
      content: [],
      ...(comments.length > 0 && { comments }),
      ...(parent !== undefined && { parent: parent.element }),
      ...(isEvent && parent !== undefined && { label: `${tag.local}[${this.index + 1}]` }),
      ...(isEvent && { declared: new Map(Object.entries(tag.ns)) }),
      ...this.start,
    };
    if (isEvent) this.eventStart = this.parser.position;
    if (parent === undefined) this.document = { root: element, declared: new Map(Object.entries(tag.ns)) };
    if (part === 'list') this.refuseAttributes(element);
    if (parent !== undefined && this.keeps(part, isEvent)) parent.element.content.push(element);
    this.open.push({ part, element });
  }

  /** Whether an element goes into the content of its parent. */
  private keeps(part: Part, isEvent: boolean): boolean {
    return this.keep === 'around' ? part === 'around' : part === 'event' && !isEvent;
  }

  private attributesOf(tag: SaxesTagNS): readonly XmlAttribute[] {
    return Object.values(tag.attributes)
      .filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns')
      .map((attribute) => this.attributeOf(attribute));
  }

  private attributeOf({ prefix, local, uri, value }: SaxesAttributeNS): XmlAttribute {
    if (uri !== XSI_NAMESPACE || local !== 'type') return { prefix, local, uri, value };
    const colon = value.indexOf(':');
    const valueUri = colon < 0 ? undefined : this.parser.resolve(value.slice(0, colon).trim());
    return { prefix, local, uri, value, ...(valueUri !== undefined && { valueUri }) };
  }

  private refuseAttributes({ attributes }: XmlElement): void {
    const other = attributes.find(({ uri }) => uri !== XSI_NAMESPACE);
    if (other !== undefined) this.fail('FIELD_UNKNOWN', 'no attribute', `the attribute ${other.local}`);
  }

  private closeTag(): void {
    const { part, element } = this.open.pop()!;
    this.comments = part === 'event' && this.open.at(-1)?.part !== 'event' ? [] : this.comments;
    dropWhiteSpace(element.content);
    if (part !== 'event' || this.open.at(-1)?.part === 'event') return;
    this.inEvents += this.parser.position - this.eventStart;
    if (this.keep === 'events') this.finished.push({ index: this.index, element });
    this.index++;
    if (this.index > this.limits.events)
      this.fail('TOO_LARGE', `a document of at most ${this.limits.events} events`, 'more');
  }

  private addText(text: string): void {
    const top = this.open.at(-1);
    if (top === undefined || (this.keep === 'around' && top.part === 'event')) return;
    if (top.part === 'list') {
      if (text.trim() !== '') this.fail('VALUE_INVALID', 'events', JSON.stringify(text.trim()));
      return;
    }
    const { content } = top.element;
    const last = content.at(-1);
    if (typeof last === 'string') content[content.length - 1] = last + text;
    else content.push(text);
  }

  private fail(code: DocumentErrorCode, expected: string, got: string): never {
    const top = this.open.at(-1);
    const path = top === undefined ? '/' : (placeOf(top.element).path ?? '/');
    const { line, column } = this.parser;
    throw new DocumentError(code, { path, line, column: Math.max(1, column) }, expected, got);
  }
}

function partOf({ local, uri }: SaxesTagNS, parent: Building | undefined): Part {
  if (parent === undefined) return isEventType(local) ? 'event' : 'around';
  if (parent.part === 'event') return 'event';
  if (parent.part === 'list') return uri === '' && local === 'extension' ? 'list' : 'event';
  const { element } = parent;
  const holdsEvents = element.local === 'EPCISBody' || element.local === 'resultsBody';
  return holdsEvents && uri === '' && element.uri === '' && local === 'EventList' ? 'list' : 'around';
}

/** White space between elements says nothing; beside text it does. */
function dropWhiteSpace(content: (string | XmlElement)[]): void {
  if (!content.some((part) => typeof part !== 'string')) return;
  if (content.some((part) => typeof part === 'string' && part.trim() !== '')) return;
  let kept = 0;
  for (const part of content) if (typeof part !== 'string') content[kept++] = part;
  content.length = kept;
}
