import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import { EventPositions } from '../capture/event-positions.service.js';
import { StepRefusedError } from '../domain/custody/refusal.js';
import { parseGln } from '../domain/gs1/gln.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { Acting } from '../capture/acting.service.js';
import { parseEpcs } from './epcs.js';
import { ReceiveInput, ShipInput } from './shipping.input.js';
import { RequestRefusedError } from './step-refusals.js';

@Resolver()
export class ShippingResolver {
  constructor(
    private readonly acting: Acting,
    private readonly directory: PartnersDirectory,
    private readonly positions: EventPositions,
  ) {}

  @Allow('move')
  @Mutation(() => StepResult, { description: 'Ships to a named consignee: ObjectEvent OBSERVE, shipping, in_transit.' })
  async ship(@CurrentActor() actor: Actor, @Args('input') input: ShipInput): Promise<StepResult> {
    const named = parseEpcs(input.epcs);
    const consignee = await this.directory.findSiteByGln(parseGln(input.consignee));
    if (!consignee) {
      const message = `No partner has a site ${input.consignee}.`;
      throw new RequestRefusedError('CONSIGNEE_NOT_FOUND', message, { gln: input.consignee });
    }
    const command = {
      step: 'shipping' as const,
      ...named,
      toSite: consignee.id,
      purchaseOrder: documentNumber('purchaseOrder', input.purchaseOrder),
      despatchAdvice: documentNumber('despatchAdvice', input.despatchAdvice),
    };
    return stepResult(await this.acting.take(actor, input, command));
  }

  @Allow('move')
  @Mutation(() => StepResult, {
    description: 'Receives a shipment, but for what is missing; each difference is put on hold by itself.',
  })
  async receive(@CurrentActor() actor: Actor, @Args('input') input: ReceiveInput): Promise<StepResult> {
    const shipment = await this.positions.ofEventId(input.shipment);
    if (shipment === undefined) {
      throw new StepRefusedError('SHIPMENT_NOT_FOUND', 'No such shipment is addressed to you.');
    }
    const missing = parseEpcs(input.missing ?? []);
    const excess = parseEpcs(input.excess ?? []);
    return stepResult(await this.acting.take(actor, input, { step: 'receiving', shipment, missing, excess }));
  }
}

/** Number of a trade document: 1 to 80 characters without control characters, or null. */
function documentNumber(field: string, text: string | null | undefined): string | null {
  if (text == null) return null;
  if (text.trim() === text && text.length >= 1 && text.length <= 80 && !/\p{Cc}/u.test(text)) return text;
  const expected = '1 to 80 characters without spaces at the ends or control characters';
  throw new RequestRefusedError('TEXT_INVALID', `${field}: expected ${expected}.`, { field, got: text.slice(0, 100) });
}
