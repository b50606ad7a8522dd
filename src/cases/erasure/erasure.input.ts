import { Field, InputType } from '@nestjs/graphql';
import { ErasureReason } from '../../capture/captured-event.model.js';
import type { ReasonOfErasure } from '../../capture/erased-event.js';
import { Position } from '../../platform/graphql/scalars.js';

@InputType({
  description: 'The content of an event is to be destroyed. Its place in the log stays, and that it was erased.',
})
export class EraseEventInput {
  @Field(() => Position, { description: 'Place of the event in the log.' })
  position: number;

  @Field(() => ErasureReason, { description: 'Why.' })
  reason: ReasonOfErasure;

  @Field(() => String, {
    nullable: true,
    description:
      'More about why, at most 200 characters: a file number, say. It is kept, and must not repeat the data.',
  })
  note?: string | null;
}
