import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import type { DocumentHeader } from '../../../src/domain/epcis/document.js';
import { definitionsOf } from '../../../src/domain/epcis/event-context.js';
import type { EpcisEvent } from '../../../src/domain/epcis/event.js';
import { readDocument } from '../../../src/interop/epcis/documents/read-document.js';
import type { Conformance, DocumentEvent } from '../../../src/interop/epcis/documents/document-source.js';
import { writeDocument, type DocumentForm } from '../../../src/interop/epcis/documents/write-document.js';

/** A document with all its events. */
export interface WholeDocument {
  readonly header: DocumentHeader;
  readonly events: readonly DocumentEvent[];
}

const mediaTypeOf = (path: string): string => (path.endsWith('.xml') ? 'application/xml' : 'application/ld+json');

/** Reads the text of a document. Throws DocumentError, also for a faulty event. */
export async function readText(
  text: string,
  mediaType: string,
  conformance: Conformance = 'lenient',
): Promise<WholeDocument> {
  const bytes = new TextEncoder().encode(text);
  const open = async function* (): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    yield bytes;
  };
  const document = readDocument(open, mediaType, { conformance });
  const header = await document.header();
  const events: DocumentEvent[] = [];
  for await (const event of document.events()) {
    if (event.fault !== undefined) throw event.fault;
    events.push(event);
  }
  return { header, events };
}

/** Reads the file of a document. Throws DocumentError. */
export const readFile = (path: string, conformance?: Conformance): Promise<WholeDocument> =>
  readText(readFileSync(path, 'utf8'), mediaTypeOf(path), conformance);

/** Writes a document in another form. Throws DocumentError. */
export async function written({ header, events }: WholeDocument, form: DocumentForm): Promise<string> {
  let text = '';
  for await (const piece of writeDocument(
    header,
    events.map(({ event }) => event as EpcisEvent),
    form,
  ))
    text += piece;
  return text;
}

/** Writes a document in another form and reads it again. */
export const through = async (document: WholeDocument, form: DocumentForm): Promise<WholeDocument> =>
  readText(await written(document, form), form === 'json' ? 'application/json' : 'application/xml', 'schema');

/** JSON with the members of every object in one order. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, ordered(member)]),
  );
}

export const textOf = (value: unknown): string => JSON.stringify(ordered(value));

/** What an XML document says, whatever its prefixes, the white space between its elements and the order of its attributes. */
export function xmlContent(text: string): string {
  const parser = new SaxesParser({ xmlns: true });
  const lines: string[] = [];
  const path: string[] = [];
  let characters = '';
  const flush = (): void => {
    if (characters.trim() !== '') lines.push(`${path.join('/')} = ${plainNumber(characters.trim())}`);
    characters = '';
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    flush();
    path.push(tag.local === 'QueryResults' ? tag.local : `{${tag.uri}}${tag.local}`);
    lines.push(path.join('/'));
    for (const { uri, local, value, prefix, name } of Object.values(tag.attributes)) {
      if (prefix === 'xmlns' || name === 'xmlns' || local === 'schemaLocation') continue;
      lines.push(`${path.join('/')} @{${uri}}${local} = ${plainNumber(value)}`);
    }
  });
  parser.on('text', (piece) => (characters += piece));
  parser.on('cdata', (piece) => (characters += piece));
  parser.on('comment', (comment) => lines.push(`${path.join('/')} <!--${comment}`));
  parser.on('closetag', () => {
    flush();
    path.pop();
  });
  parser.write(text).close();
  return lines.join('\n');
}

const plainNumber = (text: string): string => (/^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text);

/**
 * What an XML document says apart from how its version arranges it: without wrappers, empty lists, the version, and the order.
 * Elements of other namespaces count also where they are empty.
 */
export function xmlSayings(text: string): string {
  return xmlContent(text)
    .split('\n')
    .map((line) => line.replaceAll(/\/\{\}(?:extension|baseExtension|EPCISBody)(?=\/|$| =)|\/QueryResults/g, ''))
    .filter((line) => !line.includes('@{}schemaVersion'))
    .filter((line) => line.includes(' = ') || line.includes('<!--') || /\/\{[^}]+\}[^/]*$/.test(line))
    .map(withoutPlace)
    .map((line) => line.replace(/(T\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/, '$1:00$2'))
    .sort()
    .join('\n');
}

/** A comment stands before one of two fields, or inside the wrapper between them. */
const withoutPlace = (line: string): string => line.replace(/^[^<]*<!--/, '<!--');

/** An event with its context as one object, and its members in one order. */
export function sameEvent(event: unknown): string {
  const { '@context': context, ...rest } = event as { '@context'?: unknown };
  const addresses = [context].flat().filter((part) => typeof part === 'string');
  return textOf({ ...rest, context: Object.fromEntries(definitionsOf(context)), addresses });
}
