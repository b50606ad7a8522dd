import { Field, InputType } from '@nestjs/graphql';
import { EventTime } from '../platform/graphql/scalars.js';

@InputType({ isAbstract: true })
export abstract class ActingInput {
  @Field({ description: 'GLN of the site of yours where it happens.' })
  site: string;

  @Field(() => EventTime, {
    description:
      'When it happens. The same request with the same time is the same event; at another time it is another.',
  })
  eventTime: string;
}
