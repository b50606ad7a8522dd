import { Field, ObjectType } from '@nestjs/graphql';
import { ErasedMark } from '../../capture/captured-event.model.js';
import { Position } from '../../platform/graphql/scalars.js';
import type { Erased } from './erasing.service.js';

@ObjectType('Erasure', { description: 'An event whose content was destroyed, and the record of it in the log.' })
export class ErasureModel {
  @Field(() => Position, { description: 'Place of the event in the log. It is not given to another.' })
  position: number;

  @Field(() => ErasedMark, { description: 'When, why and by whom.' })
  erased: ErasedMark;

  @Field(() => String, { nullable: true, description: 'More about why.' })
  note: string | null;

  @Field(() => Position, { description: 'Place of the erasure’s own entry in the log.' })
  loggedIn: number;

  @Field(() => [Position], {
    description:
      'Later events that name it by its eventID, a hash of its content: whoever guesses the content can confirm it by ' +
      'them. Erase them too where that matters.',
  })
  namedIn: readonly number[];

  @Field({ description: 'True when it had been erased before: this is the record of that.' })
  duplicate: boolean;
}

export const erasureModel = ({ record, by, loggedIn, duplicate }: Erased): ErasureModel => ({
  position: record.position,
  erased: { at: record.erasedAt, reason: record.reason, by },
  note: record.note ?? null,
  loggedIn,
  namedIn: record.namedIn,
  duplicate,
});
