import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import type { Captured } from '../capture/job.js';
import { SsccTakenError } from '../domain/custody/steps/packing.js';
import { parseSscc } from '../domain/gs1/sscc.js';
import { Acting } from '../capture/acting.service.js';
import { parseEpcs } from './epcs.js';
import { PackInput, UnpackInput } from './packing.input.js';
import { SsccMint } from './sscc-mint.service.js';

@Resolver()
export class PackingResolver {
  constructor(
    private readonly acting: Acting,
    private readonly mint: SsccMint,
  ) {}

  @Allow('move')
  @Mutation(() => StepResult, {
    description: 'Packs things into a container: AggregationEvent ADD. Its parentID is the SSCC.',
  })
  async pack(@CurrentActor() actor: Actor, @Args('input') input: PackInput): Promise<StepResult> {
    return stepResult(await this.packInto(actor, input));
  }

  private async packInto(actor: Actor, input: PackInput): Promise<Captured> {
    const named = parseEpcs(input.epcs);
    if (input.sscc != null) {
      const sscc = parseSscc(input.sscc);
      return this.acting.take(actor, input, { step: 'packing', sscc, minted: false, ...named });
    }
    for (;;) {
      const sscc = await this.mint.next(actor.organisationId);
      try {
        return await this.acting.take(actor, input, { step: 'packing', sscc, minted: true, ...named }, named);
      } catch (error) {
        if (!(error instanceof SsccTakenError)) throw error;
      }
    }
  }

  @Allow('move')
  @Mutation(() => StepResult, { description: 'Takes things out of a container: AggregationEvent DELETE.' })
  async unpack(@CurrentActor() actor: Actor, @Args('input') input: UnpackInput): Promise<StepResult> {
    const sscc = parseSscc(input.sscc);
    const named = parseEpcs(input.epcs ?? []);
    return stepResult(await this.acting.take(actor, input, { step: 'unpacking', sscc, ...named }));
  }
}
