import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { parseGtin } from '../../../domain/gs1/gtin.js';
import { Verification } from '../../../verification/verification.model.js';
import { ElsewhereInput } from './external.input.js';
import { ExternalVerification } from './external.model.js';
import { Requester } from './requester.service.js';

@Resolver()
export class ExternalResolver {
  constructor(private readonly requester: Requester) {}

  @Allow('verify')
  @Mutation(() => ExternalVerification, {
    description:
      'Asks the system of the maker about a pack whose maker is not here, and keeps the answer. Refused with PACK_NOT_NAMED, PACK_IS_HERE; whatever the other system does is an outcome.',
  })
  verifyElsewhere(
    @CurrentActor() actor: Actor,
    @Args('input', { description: 'The pack, and why.' }) input: ElsewhereInput,
  ): Promise<ExternalVerification> {
    return this.requester.ask(actor, input);
  }

  @Allow('verify')
  @Query(() => [ExternalVerification], {
    description:
      'What other systems answered one’s own organisation about a pack, the newest first, at most 20; overseers see all.',
  })
  externalVerifications(
    @CurrentActor() actor: Actor,
    @Args('gtin', { type: () => String, description: 'GTIN of 8 to 14 digits.' }) gtin: string,
    @Args('serial', { type: () => String, description: 'Serial number.' }) serial: string,
  ): Promise<ExternalVerification[]> {
    return this.requester.about(actor, parseGtin(gtin), serial);
  }
}

/** Evidence of other systems beside the own verdict. */
@Resolver(() => Verification)
export class VerificationElsewhereResolver {
  constructor(private readonly requester: Requester) {}

  @Allow('verify')
  @ResolveField(() => [ExternalVerification], {
    description: 'What other systems answered one’s own organisation about this pack, the newest first.',
  })
  elsewhere(@Parent() { reading }: Verification, @CurrentActor() actor: Actor): Promise<ExternalVerification[]> {
    const { gtin, serial } = reading;
    return gtin === null || serial === null ? Promise.resolve([]) : this.requester.about(actor, gtin, serial);
  }
}
