import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import { Acting } from '../capture/acting.service.js';
import { DispensingService } from './dispensing.service.js';
import { DispenseInput, PartDispenseInput, UndoDispenseInput } from './dispensing.input.js';
import { parsePack, parsePacks } from './epcs.js';
import { checkCount, MOST_AT_ONCE, outcomeOf, StepOutcome } from './step-outcome.js';

@Resolver()
export class DispensingResolver {
  constructor(
    private readonly acting: Acting,
    private readonly dispensing: DispensingService,
  ) {}

  @Allow('dispense')
  @Mutation(() => StepResult, {
    description: 'Dispenses packs. A pack dispensed here before is answered softly twice; see `repeats`.',
  })
  async dispense(@CurrentActor() actor: Actor, @Args('input') input: DispenseInput): Promise<StepResult> {
    return stepResult(await this.dispensing.dispense(actor, input, parsePacks(input.epcs)));
  }

  @Allow('dispense')
  @Mutation(() => [StepOutcome], {
    description: `Dispenses what a site did while it was offline: each by itself, in order, at most ${MOST_AT_ONCE}. What is refused stops no other.`,
  })
  async dispenseEach(
    @CurrentActor() actor: Actor,
    @Args('inputs', { type: () => [DispenseInput], description: 'In the order in which they happened.' })
    inputs: DispenseInput[],
  ): Promise<StepOutcome[]> {
    checkCount(inputs.length);
    return Promise.all(
      inputs.map((input) => outcomeOf(async () => this.dispensing.dispense(actor, input, parsePacks(input.epcs)))),
    );
  }

  @Allow('dispense')
  @Mutation(() => StepResult, { description: 'Dispenses part of a pack; the last unit makes it dispensed.' })
  async partDispense(@CurrentActor() actor: Actor, @Args('input') input: PartDispenseInput): Promise<StepResult> {
    const command = { step: 'part_dispensing' as const, pack: parsePack(input.epc), units: input.units };
    return stepResult(await this.acting.take(actor, input, command));
  }

  @Allow('dispense')
  @Mutation(() => StepResult, { description: 'Undoes a dispense of packs that were not handed out.' })
  async undoDispense(@CurrentActor() actor: Actor, @Args('input') input: UndoDispenseInput): Promise<StepResult> {
    const command = {
      step: 'undo_dispensing' as const,
      packs: parsePacks(input.epcs),
      notHandedOut: input.notHandedOut,
    };
    return stepResult(await this.acting.take(actor, input, command));
  }
}
