import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import { EventErasedError } from '../../../capture/erased-event.js';
import { EventPositions } from '../../../capture/event-positions.service.js';
import type { Namespaces } from '../../../domain/epcis/context.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { parseQuery, QueryParameterError, type SimpleEventQuery } from '../../../domain/epcis/query/index.js';
import {
  EventQueryRefusedError,
  EventQueryService,
  type EventPageRequest,
  type FoundEvents,
} from '../../../trace/event-query/event-query.service.js';
import { type Asker, seenEvent, subjectOf } from '../../../trace/events/events.service.js';
import { EpcisProblem } from '../rest/epcis-problem.js';
import { LogReadingStore } from '../subscriptions/log-reading.store.js';
import { decoded, parametersIn } from './parameters.js';

/** What the access trail calls a read of events by whatever address. */
const OPERATION = 'GET /epcis/events';

/** SimpleEventQuery in the terms of the REST binding. */
@Injectable()
export class EventQueries {
  constructor(
    private readonly found: EventQueryService,
    private readonly log: LogReadingStore,
    private readonly positions: EventPositions,
    private readonly trail: AccessTrail,
  ) {}

  /** Reads a query in JSON. Throws QueryParameterException. */
  parse(parameters: Readonly<Record<string, unknown>>, namespaces: Namespaces): SimpleEventQuery {
    try {
      return parseQuery(parameters, namespaces);
    } catch (error) {
      if (!(error instanceof QueryParameterError)) throw error;
      throw new EpcisProblem('QueryParameterException', error.code, error.message, error.details);
    }
  }

  /** Reads a query in a URL, and parameters that its path gives. Throws QueryParameterException. */
  parseUrl(
    raw: string,
    namespaces: Namespaces,
    beside: Readonly<Record<string, readonly string[]>> = {},
  ): SimpleEventQuery {
    const parameters = new Map<string, readonly string[]>(Object.entries(beside));
    for (const [name, value] of parametersIn(raw)) {
      if (parameters.has(name)) {
        const message = `${name.slice(0, 100)}: expected it once; got it again, or beside a path that says it.`;
        throw new EpcisProblem('QueryParameterException', 'PARAMETER_REPEATED', message, {
          parameter: name.slice(0, 100),
        });
      }
      parameters.set(name, value.split('|').map(decoded));
    }
    return this.parse(Object.fromEntries(parameters), namespaces);
  }

  /** Throws SubscriptionControlsException for a query that cannot stand: one that stops after so many events. */
  checkStanding({ eventCountLimit, maxEventCount }: SimpleEventQuery): void {
    if (eventCountLimit === null && maxEventCount === null) return;
    const counted = eventCountLimit === null ? 'maxEventCount' : 'eventCountLimit';
    const message = `A query with ${counted} cannot be subscribed to: it would leave events out.`;
    throw new EpcisProblem('SubscriptionControlsException', 'QUERY_IS_COUNTED', message, { parameter: counted });
  }

  /** A page of what the query finds. Throws QueryTooLargeException, QueryTooComplexException. */
  async page(asker: Asker, query: SimpleEventQuery, request: EventPageRequest): Promise<FoundEvents> {
    try {
      return await this.found.page(asker, query, request, OPERATION);
    } catch (error) {
      if (!(error instanceof EventQueryRefusedError)) throw error;
      const exception = error.code === 'QUERY_TOO_LARGE' ? 'QueryTooLargeException' : 'QueryTooComplexException';
      throw new EpcisProblem(exception, error.code, error.message);
    }
  }

  /** One event; null where there is none that the asker may see. Throws EventErasedError. */
  async byId(asker: Asker, eventID: string): Promise<EpcisEvent | null> {
    const position = await this.positions.ofEventId(eventID);
    if (position === undefined) return null;
    const [stored] = await this.log.at(asker.actor.organisationId, [position]);
    const seen = stored ? seenEvent(asker.actor, stored) : null;
    if (!stored || !seen) return null;
    if (stored.body === null) throw new EventErasedError('EVENT_ERASED', 'The event was erased.', { position });
    const ownerIds = [stored.capturedBy];
    await this.trail.record({ ...asker, ownerIds, operation: OPERATION, subject: subjectOf({ position }) });
    return seen.document as unknown as EpcisEvent;
  }
}
