import type { DocumentHeader } from '../../../domain/epcis/document.js';
import { invariant } from '../../../domain/errors.js';
import type { DocumentEvent } from '../documents/document-source.js';
import { DEFAULT_LIMITS, type DocumentLimits } from '../documents/limits.js';
import { readDocument } from '../documents/read-document.js';
import { asEpcisProblem } from '../rest/document-problem.js';
import type { Spooling } from './spooling.js';

/** A document that was read to its end once, and can be read again. */
export interface StoredDocument {
  readonly header: () => Promise<DocumentHeader>;
  readonly events: () => AsyncIterable<DocumentEvent> | Iterable<DocumentEvent>;
}

/** A document in memory. */
export interface SmallDocument {
  readonly header: DocumentHeader;
  readonly events: readonly DocumentEvent[];
}

export const inMemory = ({ header, events }: SmallDocument): StoredDocument => ({
  header: () => Promise.resolve(header),
  events: () => events,
});

/** What bounds a document that comes in: events, and bytes unpacked. */
export interface CaptureLimits {
  readonly events: number;
  readonly bytes: number;
}

const documentLimits = ({ events, bytes }: CaptureLimits): DocumentLimits => ({
  ...DEFAULT_LIMITS,
  events,
  documentBytes: bytes,
});

/** A document from where it is kept. It was read before, so its limits are those that it was accepted under. */
export function openStored(open: () => AsyncIterable<Uint8Array>, mediaType: string): StoredDocument {
  const reading = readDocument(open, mediaType, documentLimits({ events: Infinity, bytes: Infinity }));
  return { header: () => reading.header(), events: () => reading.events() };
}

/**
 * Reads a document that is coming in to its end, through `spooling`, and answers its header. Throws EpcisProblem for what is no
 * EPCIS document or is above the limits.
 */
export async function readArriving(
  spooling: Spooling,
  source: AsyncIterable<Uint8Array>,
  mediaType: string,
  limits: CaptureLimits,
): Promise<DocumentHeader> {
  const header = await readDocument(() => spooling.through(source), mediaType, documentLimits(limits))
    .header()
    .catch((error: unknown) => {
      throw asEpcisProblem(error);
    });
  invariant(spooling.whole, 'a document was read and not to its end');
  return header;
}

/** A small document whose events are read now, so that nobody need read them again. Throws EpcisProblem. */
export async function readSmall(body: Buffer, mediaType: string, limits: CaptureLimits): Promise<SmallDocument> {
  const reading = readDocument(() => once(body), mediaType, documentLimits(limits));
  try {
    const header = await reading.header();
    const events: DocumentEvent[] = [];
    for await (const event of reading.events()) events.push(event);
    return { header, events };
  } catch (error) {
    throw asEpcisProblem(error);
  }
}

async function* once(body: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(body);
}
