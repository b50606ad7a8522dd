import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { CapturedEvent } from '../../capture/captured-event.model.js';
import { decodeCursor, PageArgs, pageSize } from '../../platform/graphql/pagination.js';
import { Position } from '../../platform/graphql/scalars.js';
import { EventFilterInput, EventPage } from './events.model.js';
import { EventsService } from './events.service.js';

@Resolver(() => CapturedEvent)
export class EventsResolver {
  constructor(private readonly events: EventsService) {}

  @Allow('read')
  @Query(() => CapturedEvent, {
    nullable: true,
    description: 'One event that you captured or are named in, by its eventID or its position; a regulator sees all.',
  })
  event(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args('eventID', { type: () => ID, nullable: true, description: 'Its event hash.' }) eventID?: string | null,
    @Args('position', { type: () => Position, nullable: true, description: 'Its place in the log.' })
    position?: number | null,
  ): Promise<CapturedEvent | null> {
    return this.events.event({ actor, purpose }, eventID ?? null, position ?? null);
  }

  @Allow('read')
  @Query(() => EventPage, {
    name: 'events',
    description: 'The events that you captured or are named in, the newest first; a regulator sees all.',
  })
  page(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args() page: PageArgs,
    @Args('filter', { type: () => EventFilterInput, nullable: true, description: 'Only these.' })
    filter?: EventFilterInput | null,
  ): Promise<EventPage> {
    const before = decodeCursor(page.after, 'number')?.[0];
    return this.events.page({ actor, purpose }, filter ?? {}, before, pageSize(page.first));
  }
}
