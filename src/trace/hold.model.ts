import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { HoldKind } from '../domain/custody/holds.js';
import { OrganisationModel } from '../partners/partners.model.js';
import { Position } from '../platform/graphql/scalars.js';
import { HoldKinds } from './custody.enums.js';

/** What every hold says. */
@ObjectType({ isAbstract: true })
export abstract class HoldFacts {
  @Field(() => HoldKinds, { description: 'What it is.' })
  kind: HoldKind;

  @Field(() => Int, { nullable: true, description: 'Class of a recall: 1 is immediate, to the patient; 4 a caution.' })
  recallClass: number | null;

  @Field(() => Date, { description: 'Since when.' })
  openedAt: Date;

  @Field(() => Position, { description: 'The event that opened it.' })
  openedIn: number;

  @Field(() => OrganisationModel, { nullable: true, description: 'Who opened it, as far as you may know.' })
  openedBy: OrganisationModel | null;

  @Field(() => String, { nullable: true, description: 'Why, as far as you may know.' })
  reason: string | null;
}

@ObjectType('Hold', { description: 'What blocks, or blocked, a pack, a container or a lot.' })
export class HoldModel extends HoldFacts {
  @Field(() => String, { description: 'The pack, container or lot, as a GS1 Digital Link.' })
  epc: string;

  @Field(() => OrganisationModel, {
    nullable: true,
    description: 'Who asked for it to be lifted, where the other party has not agreed yet, or has since.',
  })
  liftRequestedBy: OrganisationModel | null;

  @Field(() => Position, { nullable: true, description: 'The event that asked for it.' })
  liftRequestedIn: number | null;

  @Field(() => Date, { nullable: true, description: 'When it was lifted; nothing while it is in force.' })
  liftedAt: Date | null;

  @Field(() => Position, { nullable: true, description: 'The event that lifted it.' })
  liftedIn: number | null;

  @Field(() => OrganisationModel, { nullable: true, description: 'Who lifted it.' })
  liftedBy: OrganisationModel | null;

  @Field(() => String, { nullable: true, description: 'Why it was lifted, as far as you may know.' })
  liftReason: string | null;
}
