import { DomainError } from '../errors.js';
import type { EventType, Extensions, JsonValue } from './event.js';

export type VocabularyAttribute = { readonly id: string; readonly attribute?: JsonValue };
export type VocabularyElement = {
  readonly id: string;
  readonly attributes?: readonly VocabularyAttribute[];
  readonly children?: readonly string[];
} & Extensions;
/** Master data of one type, e.g. `urn:epcglobal:epcis:vtype:Location`. */
export type VocabularyGroup = {
  readonly type: string;
  readonly vocabularyElementList?: readonly VocabularyElement[];
} & Extensions;

export type EpcisHeader = {
  readonly epcisMasterData?: { readonly vocabularyList?: readonly VocabularyGroup[] };
} & Extensions;

/** What stands around the events of a query result. */
export type QueryResults = {
  readonly queryName?: string;
  readonly subscriptionID?: string;
  readonly resultsBody?: { readonly vocabularyList?: readonly VocabularyGroup[] } & Extensions;
} & Extensions;

/**
 * An EPCIS document in its 2.0 JSON form without its events (EPCIS 2.0 §9.5, §9.8). The header of an event that stands alone
 * has the type of the event and its `@context`, nothing else. The blocks of an XML header that JSON has no word for are
 * extensions of `epcisHeader`, see docs/formats/epcis-documents.md.
 */
export type DocumentHeader = {
  readonly type: 'EPCISDocument' | 'EPCISQueryDocument' | EventType;
  readonly '@context'?: JsonValue;
  readonly schemaVersion?: string;
  readonly creationDate?: string;
  readonly id?: string;
  readonly sender?: string;
  readonly receiver?: string;
  readonly instanceIdentifier?: string;
  readonly epcisHeader?: EpcisHeader;
  /** Without `eventList`. */
  readonly epcisBody?: { readonly queryResults?: QueryResults } & Extensions;
} & Extensions;

/** Codes of what keeps bytes from being an EPCIS document, or a document from being written. Public API: stable. */
export type DocumentErrorCode =
  | 'MEDIA_TYPE_UNKNOWN'
  | 'ENCODING_INVALID'
  | 'JSON_MALFORMED'
  | 'XML_MALFORMED'
  | 'DOCTYPE_REFUSED'
  | 'NESTING_TOO_DEEP'
  | 'TOO_LARGE'
  | 'NAME_REFUSED'
  | 'DOCUMENT_TYPE_UNKNOWN'
  | 'FIELD_REQUIRED'
  | 'FIELD_UNKNOWN'
  | 'FIELD_REPEATED'
  | 'ELEMENT_ORDER'
  | 'TYPE_WRONG'
  | 'VALUE_INVALID'
  | 'NOT_EXPRESSIBLE';

/** Where something stands: `pointer` (RFC 6901) in JSON; in XML a path of element names with line and column from 1. */
export interface DocumentPlace {
  readonly pointer?: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Bytes that are no EPCIS document, or a document that a form cannot say: where, which rule, what was expected, what came. */
export class DocumentError extends DomainError<DocumentErrorCode> {
  override readonly name = 'DocumentError';

  constructor(
    code: DocumentErrorCode,
    readonly place: DocumentPlace,
    readonly expected: string,
    readonly got: string,
  ) {
    super(code, `${placeText(place)}: expected ${expected}; got ${cut(got)}.`, { ...place, expected, got: cut(got) });
  }
}

const LONGEST_SHOWN = 120;
const cut = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 3)}...` : text);

function placeText({ pointer, path, line, column }: DocumentPlace): string {
  const at = pointer ?? path ?? '';
  const position = line === undefined ? '' : ` (line ${line}, column ${column})`;
  return `${at === '' ? 'The document' : at}${position}`;
}
