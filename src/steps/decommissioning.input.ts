import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import { DECOMMISSION_REASONS, type DecommissionReason } from '../domain/custody/steps/decommissioning.js';
import { ActingInput } from '../capture/acting.input.js';

const reasons = Object.keys(DECOMMISSION_REASONS) as DecommissionReason[];
export const DecommissionReasonEnum = Object.fromEntries(
  reasons.map((reason) => [reason.toUpperCase(), reason]),
) as Record<Uppercase<DecommissionReason>, DecommissionReason>;

registerEnumType(DecommissionReasonEnum, {
  name: 'DecommissionReason',
  description: 'Why packs leave supply.',
  valuesMap: {
    DESTROYED: { description: 'Destroyed, under control.' },
    SAMPLED: { description: 'Taken as a sample by, or for, an authority.' },
    EXPORTED: { description: 'Sent to a country outside this system.' },
    STOLEN: { description: 'Stolen: no operation by anyone any more.' },
    LOST: { description: 'Cannot be found.' },
    DAMAGED: { description: 'Damaged: may only be destroyed.' },
  },
});

@InputType({ description: 'Packs or containers leave supply for good.' })
export class DecommissionInput extends ActingInput {
  @Field(() => [String], { description: 'EPCs of packs and containers, at most 10,000.' })
  epcs: string[];

  @Field(() => DecommissionReasonEnum, { description: 'Why.' })
  reason: DecommissionReason;
}
