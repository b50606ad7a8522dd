import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { Erasing } from './erasing.service.js';
import { EraseEventInput } from './erasure.input.js';
import { erasureModel, ErasureModel } from './erasure.model.js';

@Resolver(() => ErasureModel)
export class ErasureResolver {
  constructor(private readonly erasing: Erasing) {}

  @Allow('erase')
  @Mutation(() => ErasureModel, {
    description:
      'Destroys the content of an event for good: one of your own, or, for the regulator’s responsible person, what the ' +
      'public reported, and anybody’s by order of a court. What happened to its packs stays true, and every other proof ' +
      'stays whole. Refused with EVENT_NOT_FOUND, ERASURE_NOT_ALLOWED, ERASURE_BLOCKED, NOTE_INVALID, NOTE_REPEATS_DATA.',
  })
  async eraseEvent(@CurrentActor() actor: Actor, @Args('input') input: EraseEventInput): Promise<ErasureModel> {
    return erasureModel(await this.erasing.erase(actor, input));
  }
}
