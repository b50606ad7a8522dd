import { DocumentError } from '../../../domain/epcis/document.js';
import type { OpenSource, ReadableDocument } from './document-source.js';
import { JsonDocument } from './json-document.js';
import { DEFAULT_LIMITS, type DocumentLimits } from './limits.js';

/**
 * Reads an EPCIS document of any form: 2.0 JSON; 2.0 and 1.x XML; a query document; one event alone. `mediaType` is that of
 * the content, parameters allowed. Throws DocumentError, MEDIA_TYPE_UNKNOWN for a media type of no EPCIS document; the rest
 * when it is read.
 */
export function readDocument(
  open: OpenSource,
  mediaType: string,
  limits: Partial<DocumentLimits> = {},
): ReadableDocument {
  const within = { ...DEFAULT_LIMITS, ...limits };
  const type = mediaType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/json' || type === 'application/ld+json') return new JsonDocument(open, within);
  throw new DocumentError(
    'MEDIA_TYPE_UNKNOWN',
    {},
    'application/json, application/ld+json, application/xml or text/xml',
    type,
  );
}
