import type { FastifyReply } from 'fastify';
import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { DocumentHeader } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { writeDocument } from '../documents/write-document.js';
import { asProblems } from './document-problem.js';
import type { EpcisExchange } from './exchange.js';

/** What stands around the events of an answer. */
export interface QueryAnswer {
  readonly queryName?: string;
  readonly subscriptionID?: string;
  readonly events: readonly EpcisEvent[];
}

/**
 * Answers with an EPCISQueryDocument in the form that was negotiated, identifiers and words written as the request asks.
 * Throws NotAcceptableException where they cannot be.
 */
export async function sendEvents(reply: FastifyReply, exchange: EpcisExchange, answer: QueryAnswer): Promise<void> {
  const text = await queryDocument(exchange, answer);
  await reply.status(200).type(`${exchange.mediaType}; charset=utf-8`).send(text);
}

/** The EPCISQueryDocument as text, for answers that are no HTTP responses too. Throws NotAcceptableException. */
export async function queryDocument(
  { form }: Pick<EpcisExchange, 'form' | 'epcFormat' | 'cbvFormat'>,
  { queryName = 'SimpleEventQuery', subscriptionID, events }: QueryAnswer,
): Promise<string> {
  const header: DocumentHeader = {
    '@context': [EPCIS_CONTEXT_URL],
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
    epcisBody: { queryResults: { queryName, ...(subscriptionID !== undefined && { subscriptionID }) } },
  };
  const pieces: string[] = [];
  const written = asProblems(() => writeDocument(header, events, form === 'json' ? 'json' : 'xml-2.0'));
  for await (const piece of written) pieces.push(piece);
  return pieces.join('');
}
