import type { FastifyReply } from 'fastify';
import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
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
  const { queryName = 'SimpleEventQuery', subscriptionID, events } = answer;
  const document = {
    '@context': [EPCIS_CONTEXT_URL],
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
    epcisBody: {
      queryResults: { queryName, ...(subscriptionID && { subscriptionID }), resultsBody: { eventList: events } },
    },
  };
  await reply.status(200).type(`${exchange.mediaType}; charset=utf-8`).send(JSON.stringify(document));
}
