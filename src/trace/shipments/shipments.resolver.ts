import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { CapturedEvent } from '../../capture/captured-event.model.js';
import { decodeCursor, PageArgs, pageSize } from '../../platform/graphql/pagination.js';
import {
  Shipment,
  ShipmentDirection,
  ShipmentPage,
  ShipmentState,
  ShipmentUnitPage,
  type DirectionOfShipment,
  type StateOfShipment,
} from './shipments.model.js';
import { ShipmentsService } from './shipments.service.js';

@Resolver(() => Shipment)
export class ShipmentsResolver {
  constructor(private readonly service: ShipmentsService) {}

  @Allow('read')
  @Query(() => ShipmentPage, {
    name: 'shipments',
    description: 'Shipments to or from your sites, the newest first; a regulator who names no site sees everybody’s.',
  })
  page(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args() page: PageArgs,
    @Args('direction', { type: () => ShipmentDirection, description: 'To you or from you.' })
    direction: DirectionOfShipment,
    @Args('state', { type: () => ShipmentState, defaultValue: ShipmentState.OPEN, description: 'How far they are.' })
    state: StateOfShipment,
    @Args('site', { type: () => String, nullable: true, description: 'GLN of one site.' }) site?: string | null,
  ): Promise<ShipmentPage> {
    const before = decodeCursor(page.after, 'number')?.[0];
    return this.service.page(
      { actor, purpose },
      { direction, state, site: site ?? null },
      before,
      pageSize(page.first),
    );
  }

  @Allow('read')
  @Query(() => Shipment, {
    name: 'shipment',
    nullable: true,
    description: 'One shipment, for its sender, its consignee and the regulator.',
  })
  find(
    @CurrentActor() actor: Actor,
    @ReadPurpose('receiving') purpose: Purpose,
    @Args('eventID', { type: () => ID, description: 'eventID of the shipping event.' }) eventID: string,
  ): Promise<Shipment | null> {
    return this.service.shipment({ actor, purpose }, eventID);
  }

  @ResolveField(() => ShipmentUnitPage, { description: 'What was shipped.' })
  units(
    @CurrentActor() actor: Actor,
    @Parent() shipment: Shipment,
    @Args() { first, after }: PageArgs,
  ): Promise<ShipmentUnitPage> {
    return this.service.units(actor, shipment, decodeCursor(after, 'number')?.[0] ?? 0, pageSize(first));
  }

  @ResolveField(() => CapturedEvent, { description: 'The shipping event.' })
  async event(@CurrentActor() actor: Actor, @Parent() shipment: Shipment): Promise<CapturedEvent> {
    return (shipment.event ??= await this.service.event(actor, shipment));
  }
}
