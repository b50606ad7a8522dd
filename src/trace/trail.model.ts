import { Field, ObjectType } from '@nestjs/graphql';
import { CapturedEvent } from '../capture/captured-event.model.js';
import { enumOf } from '../platform/graphql/enums.js';
import { EventTime, Position } from '../platform/graphql/scalars.js';
import { EventGap } from './gaps/gap.model.js';
import { OrganisationModel, SiteModel } from '../partners/partners.model.js';

const DECLARATION_OUTCOMES = ['undone', 'disputed'] as const;
const DeclarationOutcome = enumOf(
  'DeclarationOutcome',
  'What a declaration of an error did.',
  DECLARATION_OUTCOMES,
  (outcome) =>
    ({
      undone: 'The event has no effect any more.',
      disputed: 'Later events rest on it: what it names is on hold.',
    })[outcome],
);

@ObjectType({ description: 'That an event was declared wrong by who captured it. Both events stay.' })
export class DeclaredError {
  @Field(() => Position, { description: 'The event that declares it.' })
  position: number;

  @Field(() => DeclarationOutcome, { description: 'What came of it.' })
  outcome: (typeof DECLARATION_OUTCOMES)[number];

  @Field(() => String, { nullable: true, description: 'did_not_occur, incorrect_data, or a URI.' })
  reason: string | null;

  @Field(() => [String], { description: 'The events that say what is right.' })
  correctiveEventIDs: readonly string[];
}

@ObjectType('TrailEntry', { description: 'One event in the history of a pack or container, in the order of the log.' })
export class TrailEntryModel {
  @Field(() => CapturedEvent, {
    description:
      'The event. Its lists of EPCs are cut to what the history is about; `event(position)` has all of an event of yours. ' +
      'Where you were no party to it, commercial fields are left out.',
  })
  event: CapturedEvent;

  @Field(() => String, { description: 'What the event names: the pack, its lot, or the container that it was in.' })
  through: string;

  @Field(() => OrganisationModel, {
    nullable: true,
    description:
      'Who holds it after the event. On its way, that is the sender. Nothing while other systems only reported on it.',
  })
  holder: OrganisationModel | null;

  @Field(() => [EventGap], {
    description: 'What of the event could not be decided about it: then it changed nothing, or only later did.',
  })
  gaps: readonly EventGap[];

  @Field(() => Position, { nullable: true, description: 'The event whose error this one declares.' })
  declares: number | null;

  @Field(() => [DeclaredError], { description: 'Who declared the event wrong since, and what came of it.' })
  declarations: readonly DeclaredError[];

  @Field(() => SiteModel, { nullable: true, description: 'Where that organisation has it, or sent it from.' })
  site: SiteModel | null;
}

@ObjectType('Tenure', {
  description: 'The time for which one organisation has, or had, a pack or container at one site.',
})
export class TenureModel {
  @Field(() => OrganisationModel, { description: 'The organisation.' })
  organisation: OrganisationModel;

  @Field(() => SiteModel, { nullable: true, description: 'The site.' })
  site: SiteModel | null;

  @Field(() => EventTime, { description: 'Since the event of this time.' })
  since: string;

  @Field(() => EventTime, {
    nullable: true,
    description: 'Until the event of this time; nothing for the present holder.',
  })
  until: string | null;
}
