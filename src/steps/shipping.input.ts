import { Field, InputType } from '@nestjs/graphql';
import { ActingInput } from '../capture/acting.input.js';

@InputType({ description: 'Packs or containers leave for a consignee.' })
export class ShipInput extends ActingInput {
  @Field(() => [String], {
    description: 'EPCs of packs and containers, at most 10,000. What is in a container goes with it.',
  })
  epcs: string[];

  @Field({ description: 'GLN of the site that they go to.' })
  consignee: string;

  @Field(() => String, { nullable: true, description: 'Number of the buyer’s purchase order.' })
  purchaseOrder?: string | null;

  @Field(() => String, { nullable: true, description: 'Number of your despatch advice.' })
  despatchAdvice?: string | null;
}

@InputType({ description: 'A shipment arrives.' })
export class ReceiveInput extends ActingInput {
  @Field({ description: 'eventID of the shipping event.' })
  shipment: string;

  @Field(() => [String], { nullable: true, description: 'EPCs that should be in it and are not.' })
  missing?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'EPCs that came and should not be in it.' })
  excess?: string[] | null;
}
