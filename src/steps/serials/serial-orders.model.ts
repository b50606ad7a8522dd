import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PageOf } from '../../platform/graphql/pagination.js';

@ObjectType({ description: 'Serial numbers that were ordered for a GTIN. Packs get them when they are commissioned.' })
export class SerialOrder {
  @Field(() => ID, { description: 'The order.' })
  id: string;

  @Field({ description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => Int, { description: 'How many were ordered.' })
  quantity: number;

  @Field(() => Int, {
    description: 'How many of them can be fetched already: an order is ready when both are the same.',
  })
  ready: number;

  @Field(() => Date, { description: 'When it was ordered.' })
  createdAt: Date;

  @Field({ description: 'Path of all serial numbers as text, one a line.' })
  download: string;
}

@ObjectType({ description: 'A page of orders, the newest first.' })
export class SerialOrderPage extends PageOf(SerialOrder) {}

@InputType({ description: 'An order of serial numbers.' })
export class OrderSerialNumbersInput {
  @Field({ description: 'GTIN of a product of yours, 8 to 14 digits.' })
  gtin: string;

  @Field(() => Int, { description: 'How many, 1 to 1,000,000.' })
  quantity: number;

  @Field({ description: 'Your own reference, as a works order. The same reference again answers the same order.' })
  reference: string;
}
