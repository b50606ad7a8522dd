import { Field, InputType } from '@nestjs/graphql';
import { enumOf } from '../../../platform/graphql/enums.js';
import { CalendarDate } from '../../../platform/graphql/scalars.js';

export type ReasonToAsk = 'saleable_return' | 'suspect' | 'exception' | 'status';

const MEANINGS: Readonly<Record<ReasonToAsk, string>> = {
  saleable_return: 'It came back, and is to be sold again.',
  suspect: 'It is suspected.',
  exception: 'Something about its delivery does not agree.',
  status: 'To know its status.',
};

export const ReasonsToAsk = enumOf<ReasonToAsk>(
  'ReasonToAsk',
  'Why another system is asked.',
  Object.keys(MEANINGS) as ReasonToAsk[],
  (word) => MEANINGS[word],
);

@InputType({
  description: 'A pack whose maker is on another system: its scan, or GTIN, serial number, lot and expiry.',
})
export class ElsewhereInput {
  @Field(() => String, { nullable: true, description: 'What the scanner gave.' })
  scan?: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN of 8 to 14 digits.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'Serial number.' })
  serial?: string | null;

  @Field(() => String, { nullable: true, description: 'Lot.' })
  lot?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'Last day of use.' })
  expiry?: string | null;

  @Field(() => ReasonsToAsk, { nullable: true, description: 'Why. STATUS.' })
  reason?: ReasonToAsk | null;
}
