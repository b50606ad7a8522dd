import type { DocumentError, DocumentHeader } from '../../../domain/epcis/document.js';

/** Opens the bytes of a document from their start; can be called again. */
export type OpenSource = () => AsyncIterable<Uint8Array>;

/** One event of a document, standing by itself; not validated. */
export interface DocumentEvent {
  /** From 0. */
  readonly index: number;
  /** Where it stands: a JSON pointer; in XML a path of elements. */
  readonly pointer: string;
  /** The 2.0 JSON form; undefined where `fault` says why there is none. */
  readonly event: unknown;
  /** What keeps this event of an XML document from being one. The other events can be read. */
  readonly fault?: DocumentError;
}

/** A document that is read as it comes. Both throw DocumentError for what is no document. */
export interface ReadableDocument {
  /** Reads the whole document once and answers what stands around its events. */
  header(): Promise<DocumentHeader>;
  /** Reads the document again, one event in memory at a time. */
  events(): AsyncIterable<DocumentEvent>;
}

/**
 * How strictly XML of EPCIS 2.0 is read. `schema`: as its schema has it. `lenient`: elements in any order, and the wrappers of
 * EPCIS 1.2; documents of 1.x are always read so.
 */
export type Conformance = 'schema' | 'lenient';
