import { Field, ID, ObjectType } from '@nestjs/graphql';
import { PageOf } from '../../../platform/graphql/pagination.js';

@ObjectType({ description: 'A question of a trading partner about a pack, and what was answered.' })
export class VerificationRequest {
  @Field(() => ID, { description: 'Its number.' })
  id: number;

  @Field(() => Date, { description: 'When.' })
  at: Date;

  @Field(() => String, { description: 'GLN of who asked.' })
  requesterGln: string;

  @Field(() => String, {
    nullable: true,
    description: 'Issuer of the credential that was shown; none for a token of ours.',
  })
  issuer: string | null;

  @Field(() => String, { description: 'Why: the `context` of the question.' })
  context: string;

  @Field(() => String, { description: 'GTIN that was asked about.' })
  gtin: string;

  @Field(() => String, { description: 'Serial number that was asked about.' })
  serial: string;

  @Field(() => String, { description: 'Lot as the asker has it.' })
  lot: string;

  @Field(() => String, { description: 'Expiry as the asker has it, YYMMDD.' })
  expiry: string;

  @Field(() => ID, { description: 'UUID that ties question and answer together.' })
  corrUuid: string;

  @Field(() => Boolean, { description: 'What was answered.' })
  verified: boolean;

  @Field(() => String, { nullable: true, description: 'Why not, in the words of the standard.' })
  failureReason: string | null;

  @Field(() => String, { nullable: true, description: 'What was added, in the words of the standard.' })
  additionalInfo: string | null;
}

@ObjectType({ description: 'A page of questions, the newest first.' })
export class VerificationRequestPage extends PageOf(VerificationRequest) {}
