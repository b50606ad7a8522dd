import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { OrganisationModel } from '../../partners/partners.model.js';
import { CaptureModeEnum } from './capture-mode.model.js';
import { CaptureModes, type CaptureMode } from './capture-modes.js';

@Resolver(() => OrganisationModel)
export class CaptureModesResolver {
  constructor(private readonly modes: CaptureModes) {}

  @Allow('manage_own')
  @Mutation(() => CaptureModeEnum, {
    description: 'Sets what becomes of events of one’s own systems that cannot be decided. Answers the new setting.',
  })
  async setCaptureMode(
    @CurrentActor() actor: Actor,
    @Args('mode', { type: () => CaptureModeEnum, description: 'The new setting.' }) mode: CaptureMode,
  ): Promise<CaptureMode> {
    await this.modes.set(actor.organisationId, mode);
    return mode;
  }

  @Allow('read')
  @ResolveField(() => CaptureModeEnum, {
    nullable: true,
    description: 'What becomes of its events that cannot be decided; for itself and for a regulator.',
  })
  async captureMode(@CurrentActor() actor: Actor, @Parent() { id }: OrganisationModel): Promise<CaptureMode | null> {
    const may = actor.organisationId === id || actor.organisationRole === 'regulator';
    return may ? this.modes.of(id) : null;
  }
}
