import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import { Acting } from '../capture/acting.service.js';
import { DecommissionInput } from './decommissioning.input.js';
import { parseEpcs } from './epcs.js';

@Resolver()
export class DecommissioningResolver {
  constructor(private readonly acting: Acting) {}

  @Allow('decommission')
  @Mutation(() => StepResult, { description: 'Decommissions packs: ObjectEvent DELETE.' })
  async decommission(@CurrentActor() actor: Actor, @Args('input') input: DecommissionInput): Promise<StepResult> {
    const command = { step: 'decommissioning' as const, reason: input.reason, ...parseEpcs(input.epcs) };
    return stepResult(await this.acting.take(actor, input, command));
  }
}
