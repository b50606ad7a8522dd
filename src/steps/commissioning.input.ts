import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ActingInput } from '../capture/acting.input.js';

@InputType({ description: 'Serial numbers of an order that was placed before.' })
export class SerialRangeInput {
  @Field(() => ID, { description: 'The order.' })
  order: string;

  @Field(() => Int, { description: 'The first, counted from 0.' })
  from: number;

  @Field(() => Int, { description: 'How many, at most 10,000 in one event.' })
  count: number;
}

@InputType({ description: 'Packs of one lot come to life. Either `serials` or `range` says which.' })
export class CommissionInput extends ActingInput {
  @Field({ description: 'GTIN of a product of yours, 8 to 14 digits.' })
  gtin: string;

  @Field({ description: 'Number of a registered lot.' })
  lot: string;

  @Field(() => [String], { nullable: true, description: 'Serial numbers, at most 10,000 in one event.' })
  serials?: string[] | null;

  @Field(() => SerialRangeInput, { nullable: true, description: 'Serial numbers of an order.' })
  range?: SerialRangeInput | null;
}
