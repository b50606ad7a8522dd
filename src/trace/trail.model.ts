import { Field, ObjectType } from '@nestjs/graphql';
import { CapturedEvent } from '../capture/captured-event.model.js';
import { EventTime } from '../platform/graphql/scalars.js';
import { OrganisationModel, SiteModel } from '../partners/partners.model.js';

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

  @Field(() => OrganisationModel, { description: 'Who holds it after the event. On its way, that is the sender.' })
  holder: OrganisationModel;

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
