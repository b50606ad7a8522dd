import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { PageOf } from '../../platform/graphql/pagination.js';
import { Position } from '../../platform/graphql/scalars.js';

export enum AnchorStage {
  PLANNED = 'planned',
  SIGNED = 'signed',
  SENT = 'sent',
  MINED = 'mined',
  FINALIZED = 'finalized',
  REVERTED = 'reverted',
  ABANDONED = 'abandoned',
  LOST = 'lost',
}
registerEnumType(AnchorStage, {
  name: 'AnchorStage',
  description: 'Where an anchor stands. Only FINALIZED counts as evidence.',
  valuesMap: {
    PLANNED: { description: 'A checkpoint is chosen.' },
    SIGNED: { description: 'The transaction is signed and stored.' },
    SENT: { description: 'A node has the transaction.' },
    MINED: { description: 'It is in a block that is not final yet.' },
    FINALIZED: { description: 'The chain’s finalized block shows it.' },
    REVERTED: { description: 'The contract refused it.' },
    ABANDONED: { description: 'It was not needed, or another transaction took its nonce.' },
    LOST: { description: 'The chain lost its state; the log was anchored again.' },
  },
});

export enum EvidenceStage {
  CAPTURED = 'captured',
  INTEGRATED = 'integrated',
  CHECKPOINTED = 'checkpointed',
  ANCHORED = 'anchored',
  FINAL = 'final',
}
registerEnumType(EvidenceStage, {
  name: 'EvidenceStage',
  description: 'How far the evidence of an event is.',
  valuesMap: {
    CAPTURED: { description: 'It has its place in the log.' },
    INTEGRATED: { description: 'It is in the log’s tiles.' },
    CHECKPOINTED: { description: 'A published checkpoint holds it.' },
    ANCHORED: { description: 'A block that is not final yet holds such a checkpoint.' },
    FINAL: { description: 'A final block holds such a checkpoint: it cannot be rewritten.' },
  },
});

@ObjectType('Checkpoint', { description: 'A signed statement of the log’s size and root (C2SP tlog-checkpoint).' })
export class CheckpointModel {
  @Field(() => Position, { description: 'Entries.' })
  size: number;

  @Field(() => String, { description: 'RFC 6962 root, base64.' })
  root: string;

  @Field(() => String, { description: 'The signed note, as it is published.' })
  note: string;

  @Field(() => Date, { description: 'When it was signed.' })
  signedAt: Date;

  @Field(() => Date, { description: 'When it was published: at once, or as the quorum of witnesses had cosigned it.' })
  publishedAt: Date;

  @Field(() => [String], { description: 'Names of the witnesses that cosigned it.' })
  witnesses: string[];
}

@ObjectType('Anchor', { description: 'A checkpoint on its way to a public chain, or final there.' })
export class AnchorModel {
  @Field(() => AnchorStage, { description: 'Where it stands.' })
  stage: AnchorStage;

  @Field(() => Position, { description: 'Entries of the checkpoint.' })
  size: number;

  @Field(() => Position, { description: 'EIP-155 chain id.' })
  chainId: number;

  @Field(() => String, { description: 'Address of the contract.' })
  contract: string;

  @Field(() => String, { nullable: true, description: 'Hash of the transaction, once it is signed.' })
  transaction: string | null;

  @Field(() => Position, { nullable: true, description: 'Number of its block.' })
  blockNumber: number | null;

  @Field(() => String, { nullable: true, description: 'Hash of its block.' })
  blockHash: string | null;

  @Field(() => Date, { nullable: true, description: 'Time of its block.' })
  blockTime: Date | null;

  @Field(() => Date, { description: 'When the checkpoint was chosen.' })
  plannedAt: Date;

  @Field(() => Date, { nullable: true, description: 'When it was seen as final.' })
  finalizedAt: Date | null;
}

@ObjectType({ description: 'A page of anchors, newest first.' })
export class AnchorPage extends PageOf(AnchorModel) {}

@ObjectType('AnchorChain', {
  description: 'How the log stands on one chain, as the process that anchors there saw it last.',
})
export class AnchorChainModel {
  @Field(() => String, { description: 'How this installation calls the chain.' })
  name: string;

  @Field(() => Position, { description: 'EIP-155 chain id.' })
  chainId: number;

  @Field(() => String, { description: 'Address of the contract.' })
  contract: string;

  @Field(() => String, { description: 'Who anchors, and pays for it.' })
  publisher: string;

  @Field(() => String, { nullable: true, description: 'Why nothing is anchored, as a code; null while it goes on.' })
  problem: string | null;

  @Field(() => [String], { description: 'What a person should look at although anchoring goes on, as codes.' })
  warnings: string[];

  @Field(() => Boolean, { description: 'A signed checkpoint has not become final here for too long.' })
  overdue: boolean;

  @Field(() => Position, { description: 'Entries that a final block of this chain holds.' })
  final: number;

  @Field(() => Date, { nullable: true, description: 'When an anchor last became final.' })
  finalizedAt: Date | null;

  @Field(() => String, { description: 'Paid for anchors this UTC day, in wei.' })
  spentToday: string;

  @Field(() => Position, { nullable: true, description: 'Anchors that the wallet pays for, as far as is known.' })
  anchorsLeft: number | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the next anchor is due; null while there is nothing to anchor.',
  })
  nextDue: Date | null;

  @Field(() => Date, { description: 'When the chain was last looked at.' })
  seenAt: Date;
}

@ObjectType('Log', { description: 'The transparency log: what was captured, in order, and how far it is proven.' })
export class LogModel {
  number: number;

  @Field(() => String, { description: 'The log’s name, first line of its checkpoints.' })
  origin: string;

  @Field(() => Position, { description: 'Entries that were captured.' })
  size: number;

  @Field(() => Position, { description: 'Entries in tiles.' })
  integrated: number;

  @Field(() => Position, { description: 'Entries that a signed checkpoint holds.' })
  signed: number;

  @Field(() => Position, {
    description: 'Entries that a published checkpoint holds; fewer while witnesses are waited for.',
  })
  published: number;

  @Field(() => Position, { description: 'Entries that a final block of a chain holds.' })
  final: number;
}

@ObjectType('Evidence', { description: 'How far the evidence of one event is.' })
export class EvidenceModel {
  @Field(() => EvidenceStage, { description: 'The furthest stage.' })
  stage: EvidenceStage;

  @Field(() => AnchorModel, { nullable: true, description: 'The anchor that holds the event, or is on its way to.' })
  anchor: AnchorModel | null;
}
