import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { CapturedEvent } from '../../capture/captured-event.model.js';
import { SiteModel } from '../../partners/partners.model.js';
import { PageOf } from '../../platform/graphql/pagination.js';
import { Position } from '../../platform/graphql/scalars.js';
import { LotContent } from '../packs/packs.model.js';

export const ShipmentDirection = { INCOMING: 'incoming', OUTGOING: 'outgoing' } as const;
export type DirectionOfShipment = (typeof ShipmentDirection)[keyof typeof ShipmentDirection];
registerEnumType(ShipmentDirection, {
  name: 'ShipmentDirection',
  description: 'Seen from your sites.',
  valuesMap: { INCOMING: { description: 'To you.' }, OUTGOING: { description: 'From you.' } },
});

export const ShipmentState = { OPEN: 'open', RECEIVED: 'received', ALL: 'all' } as const;
export type StateOfShipment = (typeof ShipmentState)[keyof typeof ShipmentState];
registerEnumType(ShipmentState, {
  name: 'ShipmentState',
  description: 'How far shipments are.',
  valuesMap: {
    OPEN: { description: 'Nothing of it was received yet.' },
    RECEIVED: { description: 'It was received; what was missing may still come.' },
    ALL: { description: 'Either.' },
  },
});

@ObjectType({ description: 'A pack or a container that was shipped by itself, with all that is in it.' })
export class ShipmentUnit {
  @Field(() => String, { description: 'Its EPC, as a GS1 Digital Link.' })
  epc: string;

  @Field(() => Boolean, { description: 'Whether it is still on its way.' })
  onItsWay: boolean;

  @Field(() => Int, { nullable: true, description: 'How many packs it stands for, while it is on its way.' })
  packs: number | null;

  @Field(() => [LotContent], { nullable: true, description: 'Of which lots, while it is on its way.' })
  lots: readonly LotContent[] | null;
}

@ObjectType({ description: 'A page of what was shipped, in the order of the shipping event.' })
export class ShipmentUnitPage extends PageOf(ShipmentUnit) {}

@ObjectType({ description: 'What one shipping event sent to one consignee.' })
export class Shipment {
  @Field(() => ID, { description: 'eventID of the shipping event; `receive` takes it.' })
  eventID: string;

  @Field(() => Position, { description: 'Its place in the log.' })
  position: number;

  @Field(() => SiteModel, { description: 'Where it left.' })
  from: SiteModel;

  @Field(() => SiteModel, { description: 'Where it goes.' })
  to: SiteModel;

  @Field(() => Int, { description: 'How many packs were shipped.' })
  packs: number;

  @Field(() => Date, { description: 'When it left.' })
  shippedAt: Date;

  @Field(() => Date, { nullable: true, description: 'When its receipt was recorded; nothing while it is open.' })
  receivedAt: Date | null;

  @Field(() => Position, { nullable: true, description: 'The event that received it first.' })
  receivedIn: number | null;

  @Field(() => String, { nullable: true, description: 'Number of the buyer’s purchase order.' })
  purchaseOrder: string | null;

  @Field(() => String, { nullable: true, description: 'Number of the sender’s despatch advice.' })
  despatchAdvice: string | null;

  event?: CapturedEvent;
}

@ObjectType({ description: 'A page of shipments, the newest first.' })
export class ShipmentPage extends PageOf(Shipment) {}
