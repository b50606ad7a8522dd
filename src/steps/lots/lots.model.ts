import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { PageOf } from '../../platform/graphql/pagination.js';
import { CalendarDate } from '../../platform/graphql/scalars.js';

@ObjectType({ description: 'A batch or lot of a product.' })
export class Lot {
  @Field({ description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field({ description: 'Batch or lot number, as it is printed.' })
  number: string;

  @Field(() => CalendarDate, { description: 'Last day of use.' })
  expiry: string;

  @Field(() => Int, { description: 'How many packs it has.' })
  quantity: number;

  @Field(() => Int, { description: 'How many of them are commissioned.' })
  commissioned: number;

  @Field(() => Date, { description: 'When it was registered.' })
  createdAt: Date;
}

@ObjectType({ description: 'A page of lots, the newest first.' })
export class LotPage extends PageOf(Lot) {}

@InputType({ description: 'A lot to register.' })
export class RegisterLotInput {
  @Field({ description: 'GTIN of a product of yours, 8 to 14 digits.' })
  gtin: string;

  @Field({ description: 'Batch or lot number, 1 to 20 characters of GS1 set 82.' })
  number: string;

  @Field(() => CalendarDate, {
    description: 'Last day of use. AI (17) with day 00 means the end of the month: give that day.',
  })
  expiry: string;

  @Field(() => Int, { description: 'How many packs it has: 1 to 100,000,000. No more can be commissioned.' })
  quantity: number;
}
