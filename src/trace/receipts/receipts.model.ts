import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Position } from '../../platform/graphql/scalars.js';
import { EvidenceStage } from '../../transparency/api/log.model.js';
import type { IssuedReceipt } from '../../transparency/receipts/receipts.service.js';
import type { IssuedSet } from './receipt-desk.service.js';

export enum ChainProof {
  TRANSACTION = 'transaction',
  STATE = 'state',
}
registerEnumType(ChainProof, {
  name: 'ChainProof',
  description: 'What of a chain is in a receipt.',
  valuesMap: {
    TRANSACTION: { description: 'The transaction that anchored the log: a node of the chain says whether it did.' },
    STATE: { description: 'Also the proof that the state of the block holds the log: no node need be believed.' },
  },
});

@ObjectType('Receipt', { description: 'Proof of a part of one event, to be checked without this server.' })
export class ReceiptModel {
  @Field(() => EvidenceStage, { description: 'FINAL where a chain has it for good, else CHECKPOINTED.' })
  stage: EvidenceStage;

  @Field(() => String, { description: 'The receipt file, for `halisi-verify` (docs/formats/receipt.md).' })
  file: string;
}

@ObjectType('ReceiptSet', { description: 'Receipts of several events under one checkpoint, in one file.' })
export class ReceiptSetModel {
  @Field(() => EvidenceStage, { description: 'FINAL where a chain has all of them for good, else CHECKPOINTED.' })
  stage: EvidenceStage;

  @Field(() => String, { description: 'The file, for `halisi-verify` (docs/formats/receipt-set.md).' })
  file: string;

  @Field(() => Int, { description: 'How many receipts are in it.' })
  receipts: number;

  @Field(() => Position, { nullable: true, description: 'Where more follow: ask again with it as `after`.' })
  next: number | null;
}

@ObjectType({ description: 'An address that anybody who has it can open, and then has the receipt.' })
export class ReceiptLink {
  @Field(() => String, { description: 'Short enough for an SMS. Who has it has the receipt: it cannot be guessed.' })
  url: string;
}

const stageOf = ({ evidence }: Pick<IssuedReceipt, 'evidence'>): EvidenceStage =>
  evidence === 'anchored' ? EvidenceStage.FINAL : EvidenceStage.CHECKPOINTED;

export const receiptModel = (issued: IssuedReceipt): ReceiptModel => ({ stage: stageOf(issued), file: issued.text });

export const receiptSetModel = (issued: IssuedSet): ReceiptSetModel => ({
  stage: stageOf(issued),
  file: issued.text,
  receipts: issued.receipts.length,
  next: issued.next,
});
