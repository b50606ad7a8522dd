import { Field, InputType } from '@nestjs/graphql';
import { ActingInput } from '../capture/acting.input.js';

@InputType({ description: 'Packs or containers go into a container.' })
export class PackInput extends ActingInput {
  @Field(() => [String], { description: 'EPCs of the packs and containers that go in, at most 10,000.' })
  epcs: string[];

  @Field(() => String, {
    nullable: true,
    description: 'SSCC of a container of yours, or a new one under your prefix. Without it a new SSCC is minted.',
  })
  sscc?: string | null;
}

@InputType({ description: 'Packs or containers come out of a container.' })
export class UnpackInput extends ActingInput {
  @Field({ description: 'SSCC of the container.' })
  sscc: string;

  @Field(() => [String], {
    nullable: true,
    description: 'EPCs of what comes out; without it, all that is directly inside.',
  })
  epcs?: string[] | null;
}
