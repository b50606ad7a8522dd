import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor.js';
import type { Captured } from '../capture/job.js';
import type { PackRef } from '../domain/custody/checks.js';
import { StepRefusedError } from '../domain/custody/refusal.js';
import type { ActingInput } from '../capture/acting.input.js';
import { Acting } from '../capture/acting.service.js';

/** Dispensing, with what follows when a pack was dispensed before (design part 4: repeated scans). */
@Injectable()
export class DispensingService {
  constructor(private readonly acting: Acting) {}

  /**
   * Dispenses packs. A single pack that was dispensed before at this site is answered with that event, twice; after that,
   * and at once where another site had dispensed it, a case is opened and the answer is the refusal ALREADY_DISPENSED.
   */
  async dispense(actor: Actor, input: ActingInput, packs: readonly PackRef[]): Promise<Captured> {
    try {
      return await this.acting.take(actor, input, { step: 'dispensing', packs });
    } catch (error) {
      const [pack] = packs;
      const again = error instanceof StepRefusedError && error.code === 'ALREADY_DISPENSED' && packs.length === 1;
      if (!again || !pack) throw error;
      const presented = await this.acting.take(actor, input, { step: 'repeating', pack });
      if (presented.repeats?.soft && presented.repeats.sameSite) return presented;
      throw new StepRefusedError('ALREADY_DISPENSED', `${error.message} It is now on hold.`, error.refusals);
    }
  }
}
