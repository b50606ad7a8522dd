import { Field, ObjectType } from '@nestjs/graphql';
import { EvidenceStage } from '../../transparency/api/log.model.js';

@ObjectType('Receipt', { description: 'Proof of one pack’s part in one event, to be checked without this server.' })
export class ReceiptModel {
  @Field(() => EvidenceStage, { description: 'FINAL where a chain has it for good, else CHECKPOINTED.' })
  stage: EvidenceStage;

  @Field(() => String, { description: 'The receipt file, for `halisi-verify` (docs/formats/receipt.md).' })
  file: string;
}
