import { Args, Context, Field, InputType, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { CapturedEvent } from '../../capture/captured-event.model.js';
import { epcUri } from '../../domain/gs1/epc.js';
import type { GraphqlContext } from '../../platform/graphql/context.js';
import { Position } from '../../platform/graphql/scalars.js';
import { Shipment } from '../shipments/shipments.model.js';
import { epcNamed } from '../trace-refusals.js';
import { LiveService } from './live.service.js';

@InputType({ description: 'Which events a subscriber wants.' })
export class LiveFilterInput {
  @Field(() => String, { nullable: true, description: 'CBV business step, as `shipping`.' })
  bizStep?: string | null;

  @Field(() => String, { nullable: true, description: 'EPC of a pack or container that the event itself names.' })
  epc?: string | null;
}

const AFTER = {
  type: () => Position,
  nullable: true,
  description: 'Go on after this position; the last one that arrived, to miss nothing. Without it, from now on.',
};
const itself = <T>(value: T): T => value;

@Resolver()
export class LiveResolver {
  constructor(private readonly live: LiveService) {}

  @Allow('read')
  @Subscription(() => CapturedEvent, {
    description:
      'Events that you captured or are named in, as they are captured, each once and in the order of the log. ' +
      'It ends when its access token does: go on `after` the last position.',
    resolve: itself,
  })
  eventCaptured(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Context() context: GraphqlContext,
    @Args('filter', { type: () => LiveFilterInput, nullable: true, description: 'Only these.' })
    filter?: LiveFilterInput | null,
    @Args('after', AFTER) after?: number | null,
  ): AsyncIterableIterator<CapturedEvent> {
    const epc = filter?.epc == null ? null : epcUri(epcNamed(filter.epc));
    return this.live.events({ actor, purpose }, context, { bizStep: filter?.bizStep, epc }, after ?? null);
  }

  @Allow('read')
  @Subscription(() => Shipment, {
    description: 'Shipments that leave for your sites, as they are captured, each once and in the order of the log.',
    resolve: itself,
  })
  shipmentArriving(
    @CurrentActor() actor: Actor,
    @ReadPurpose('receiving') purpose: Purpose,
    @Context() context: GraphqlContext,
    @Args('site', { type: () => String, nullable: true, description: 'GLN of one site of yours.' })
    site?: string | null,
    @Args('after', AFTER) after?: number | null,
  ): Promise<AsyncIterableIterator<Shipment>> {
    return this.live.arriving({ actor, purpose }, context, site ?? null, after ?? null);
  }
}
