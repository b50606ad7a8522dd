import { DocumentError } from '../../../domain/epcis/document.js';
import type { Conformance, OpenSource, ReadableDocument } from './document-source.js';
import { JsonDocument } from './json-document.js';
import { DEFAULT_LIMITS, type DocumentLimits } from './limits.js';
import { XmlDocument } from './xml-document.js';

export interface ReadOptions extends Partial<DocumentLimits> {
  /** Default `schema`. */
  readonly conformance?: Conformance;
}

/**
 * Reads an EPCIS document of any form: 2.0 JSON; 2.0 and 1.x XML; a query document; one event alone. `mediaType` is that of
 * the content, parameters allowed. Throws DocumentError, MEDIA_TYPE_UNKNOWN for a media type of no EPCIS document; the rest
 * when it is read.
 */
export function readDocument(open: OpenSource, mediaType: string, options: ReadOptions = {}): ReadableDocument {
  const { conformance = 'schema', ...limits } = options;
  const within = { ...DEFAULT_LIMITS, ...limits };
  const type = mediaType.split(';', 1)[0]!.trim().toLowerCase();
  if (JSON_TYPES.includes(type)) return new JsonDocument(open, within);
  if (XML_TYPES.includes(type)) return new XmlDocument(open, within, conformance);
  throw new DocumentError('MEDIA_TYPE_UNKNOWN', {}, [...JSON_TYPES, ...XML_TYPES].join(', '), type);
}

const JSON_TYPES: readonly string[] = ['application/json', 'application/ld+json'];
const XML_TYPES: readonly string[] = ['application/xml', 'text/xml'];
