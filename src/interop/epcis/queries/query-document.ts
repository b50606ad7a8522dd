import { EPCIS_CONTEXT_URL } from '../../../domain/epcis/context.js';
import type { QueryAnswer } from '../rest/send-events.js';

/** An EPCISQueryDocument in JSON, for whoever is told of a standing query's results. */
export function documentOf({ queryName, subscriptionID, events }: QueryAnswer): string {
  return JSON.stringify({
    '@context': [EPCIS_CONTEXT_URL],
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
    epcisBody: {
      queryResults: { queryName, ...(subscriptionID && { subscriptionID }), resultsBody: { eventList: events } },
    },
  });
}
