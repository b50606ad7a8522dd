import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { CapturedEvent } from '../../capture/captured-event.model.js';
import { PageOf } from '../../platform/graphql/pagination.js';
import { EventTime } from '../../platform/graphql/scalars.js';

@ObjectType({
  description:
    'A page of events, the newest first. With a filter, or with very large events, it may be shorter than asked for ' +
    'while more follow: go on while `hasNextPage`.',
})
export class EventPage extends PageOf(CapturedEvent) {}

@InputType({ description: 'Which events are meant.' })
export class EventFilterInput {
  @Field(() => String, { nullable: true, description: 'CBV business step, as `shipping`.' })
  bizStep?: string | null;

  @Field(() => String, { nullable: true, description: 'EPC of a pack, a lot or a container that it names.' })
  epc?: string | null;

  @Field(() => EventTime, { nullable: true, description: 'Happened then or later.' })
  since?: string | null;

  @Field(() => EventTime, { nullable: true, description: 'Happened before then.' })
  until?: string | null;
}
