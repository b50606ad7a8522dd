import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Life } from '../domain/custody/life.js';
import { OrganisationModel, ProductModel, SiteModel } from '../partners/partners.model.js';
import { PageOf } from '../platform/graphql/pagination.js';
import { CalendarDate, Position } from '../platform/graphql/scalars.js';
import { Lives } from '../trace/custody.enums.js';
import { HoldModel } from '../trace/hold.model.js';

export const RecallState = { IN_FORCE: 'in_force', LIFT_REQUESTED: 'lift_requested', LIFTED: 'lifted' } as const;
export type StateOfRecall = (typeof RecallState)[keyof typeof RecallState];
registerEnumType(RecallState, {
  name: 'RecallState',
  description: 'How far a recall is.',
  valuesMap: {
    IN_FORCE: { description: 'It blocks the lot.' },
    LIFT_REQUESTED: { description: 'It blocks the lot; one of the two who must agree wants it lifted.' },
    LIFTED: { description: 'It is over.' },
  },
});

@ObjectType({ description: 'Packs of a lot that one site has, in one state of their life.' })
export class LotStock {
  @Field(() => OrganisationModel, { description: 'Who has them.' })
  organisation: OrganisationModel;

  @Field(() => SiteModel, { description: 'Where. Packs on their way are counted where they left.' })
  site: SiteModel;

  @Field(() => Lives, { description: 'The state of their life.' })
  life: Life;

  @Field(() => Int, { description: 'How many.' })
  packs: number;
}

@ObjectType({ description: 'Packs of a lot on their way: in one outermost container, or loose in one shipment.' })
export class LotInTransit {
  @Field(() => String, { nullable: true, description: 'SSCC of the outermost container; nothing for loose packs.' })
  sscc: string | null;

  @Field(() => Int, { description: 'How many packs of the lot.' })
  packs: number;

  @Field(() => SiteModel, { description: 'Where they left.' })
  from: SiteModel;

  @Field(() => SiteModel, { description: 'Where they go.' })
  to: SiteModel;

  @Field(() => Date, { description: 'Since when they are on their way.' })
  since: Date;

  @Field(() => String, { description: 'eventID of the shipping event.' })
  shipment: string;

  @Field(() => Position, { description: 'Its place in the log.' })
  position: number;
}

@ObjectType({ description: 'Who has what of a lot now.' })
export class LotWhereabouts {
  @Field(() => Int, { description: 'All packs of the lot that were commissioned.' })
  packs: number;

  @Field(() => [LotStock], { description: 'By site and life, the largest first.' })
  stock: readonly LotStock[];

  @Field(() => [LotInTransit], { description: 'What is on its way, the newest first; at most 1,000 lines.' })
  inTransit: readonly LotInTransit[];

  @Field(() => Boolean, { description: 'True when more is on its way than `inTransit` has lines for.' })
  moreInTransit: boolean;
}

@ObjectType({ description: 'A recall or withdrawal of a lot: who, why, when, and how far it is.' })
export class Recall {
  /** Never shown. */
  lotId: number;

  @Field(() => String, { description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'Batch or lot number.' })
  lot: string;

  @Field(() => RecallState, { description: 'How far it is.' })
  state: StateOfRecall;

  @Field(() => HoldModel, { description: 'The hold: kind, class, who, why and when.' })
  hold: HoldModel;
}

@ObjectType({ description: 'A page of recalls and withdrawals, the newest first.' })
export class RecallPage extends PageOf(Recall) {}

@ObjectType({ description: 'A lot that is or was recalled or withdrawn.' })
export class RecalledLot {
  /** Never shown. */
  lotId: number;
  /** Whether the reader may know who else has packs of it. */
  open: boolean;

  @Field(() => String, { description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'Batch or lot number.' })
  lot: string;

  @Field(() => CalendarDate, { description: 'Last day of use.' })
  expiry: string;

  @Field(() => ProductModel, { nullable: true, description: 'The product.' })
  product: ProductModel | null;

  @Field(() => Boolean, { description: 'Whether a recall or withdrawal is in force.' })
  active: boolean;

  @Field(() => [Recall], { description: 'Its recalls and withdrawals, the newest first.' })
  recalls: readonly Recall[];
}

@ObjectType({ description: 'A page of holds, the newest first; it may be shorter than asked for while more follow.' })
export class HoldPage extends PageOf(HoldModel) {}
