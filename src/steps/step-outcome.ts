import { Field, ObjectType } from '@nestjs/graphql';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import type { Captured } from '../capture/job.js';
import { DomainError } from '../domain/errors.js';
import { JsonObject } from '../platform/graphql/json.scalar.js';
import { RequestRefusedError } from './step-refusals.js';

/** Most steps that one request carries. */
export const MOST_AT_ONCE = 500;

@ObjectType({ description: 'Why one of several steps was refused.' })
export class StepRefusal {
  @Field({ description: 'Stable code, as `extensions.code` of an error would say.' })
  code: string;

  @Field({ description: 'For a person.' })
  message: string;

  @Field(() => JsonObject, { description: 'What an error’s `extensions.details` would hold: each pack and why.' })
  details: Record<string, unknown>;
}

@ObjectType({ description: 'What became of one of several steps: either a result or a refusal.' })
export class StepOutcome {
  @Field(() => StepResult, { nullable: true, description: 'What the step made.' })
  result: StepResult | null;

  @Field(() => StepRefusal, { nullable: true, description: 'Why it was refused.' })
  refusal: StepRefusal | null;
}

export function checkCount(count: number): void {
  if (count >= 1 && count <= MOST_AT_ONCE) return;
  throw new RequestRefusedError('STEP_COUNT_INVALID', `Expected 1 to ${MOST_AT_ONCE} steps, got ${count}.`, {
    got: count,
  });
}

/** A refusal becomes an answer; anything else is still thrown, and the client sends all of it again. */
export async function outcomeOf(step: () => Promise<Captured>): Promise<StepOutcome> {
  try {
    return { result: stepResult(await step()), refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error;
    const { code, message, details } = error;
    return { result: null, refusal: { code, message, details } };
  }
}
