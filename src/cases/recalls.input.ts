import { Field, InputType, Int, registerEnumType } from '@nestjs/graphql';
import { EventTime } from '../platform/graphql/scalars.js';

export const RecallKind = { RECALLED: 'recalled', WITHDRAWN: 'withdrawn' } as const;
export type KindOfRecall = (typeof RecallKind)[keyof typeof RecallKind];
registerEnumType(RecallKind, {
  name: 'RecallKind',
  description: 'How a lot is stopped.',
  valuesMap: {
    RECALLED: { description: 'It may do harm: it is called back, as far as its class says.' },
    WITHDRAWN: { description: 'It is taken from the market for another reason.' },
  },
});

@InputType({ isAbstract: true })
abstract class CaseInput {
  @Field({ description: 'Why, 1 to 500 characters.' })
  reason: string;

  @Field({ description: 'GLN of the site of yours where it is decided.' })
  site: string;

  @Field(() => EventTime, {
    description: 'When it is decided. The same request with the same time is the same event.',
  })
  eventTime: string;
}

@InputType({ isAbstract: true })
abstract class LotInput extends CaseInput {
  @Field({ description: 'GTIN of 8 to 14 digits.' })
  gtin: string;

  @Field({ description: 'Batch or lot number.' })
  lot: string;
}

@InputType({ description: 'A lot is stopped everywhere, at once.' })
export class RecallLotInput extends LotInput {
  @Field(() => RecallKind, { description: 'How.' })
  kind: KindOfRecall;

  @Field(() => Int, {
    nullable: true,
    description: 'Class of a recall: 1 is immediate, to the patient; 4 a caution. A withdrawal has none.',
  })
  class?: number | null;
}

@InputType({ description: 'A recall or withdrawal is to end.' })
export class LiftRecallInput extends LotInput {}

@InputType({ description: 'A pack on hold is genuine, or its difference is settled.' })
export class ReleaseHoldInput extends CaseInput {
  @Field({ description: 'EPC of the pack or container.' })
  epc: string;
}
