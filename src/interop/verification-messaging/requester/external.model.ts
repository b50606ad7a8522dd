import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../../../platform/graphql/enums.js';
import { JsonObject } from '../../../platform/graphql/json.scalar.js';
import { PageOf } from '../../../platform/graphql/pagination.js';
import type { Authenticity } from './external.store.js';
import { OUTCOME_TEXTS, OUTCOMES, type Outcome } from './outcome.js';

export const Outcomes = enumOf<Outcome>(
  'ExternalOutcome',
  'What came of a question to another system.',
  OUTCOMES,
  (word) => OUTCOME_TEXTS[word],
);

const AUTHENTICITY: Readonly<Record<Authenticity, string>> = {
  signed: 'Signed, for this question, by a key that the directory has for the responder.',
  unsigned: 'As good as the connection to the responder: no key is known for it.',
  none: 'There is no answer to rely on.',
};

export const Authenticities = enumOf<Authenticity>(
  'ExternalAuthenticity',
  'How far an answer of another system is proven.',
  ['signed', 'unsigned', 'none'],
  (word) => AUTHENTICITY[word],
);

@ObjectType({ description: 'What another system answered about a pack. It is kept as it came, and never changed.' })
export class ExternalVerification {
  @Field(() => ID, { description: 'UUID that ties question and answer together.' })
  corrUuid: string;

  @Field(() => Date, { description: 'When it was answered.' })
  at: Date;

  @Field(() => Outcomes, { description: 'What came of it.' })
  outcome: Outcome;

  @Field(() => Authenticities, { description: 'How far it is proven.' })
  authenticity: Authenticity;

  @Field(() => String, { nullable: true, description: 'Why not, as the other system said it.' })
  failureReason: string | null;

  @Field(() => String, { nullable: true, description: 'What it added, as `Recalled`.' })
  additionalInfo: string | null;

  @Field(() => String, { nullable: true, description: 'Who answered: base URL of the system.' })
  responderUrl: string | null;

  @Field(() => String, { nullable: true, description: 'Who answered: GLN, as the answer says.' })
  responderGln: string | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer.' })
  status: number | null;

  @Field(() => String, { description: 'Why it was asked: the `context` of the question.' })
  context: string;

  @Field(() => String, { description: 'GTIN that was asked about.' })
  gtin: string;

  @Field(() => String, { description: 'Serial number that was asked about.' })
  serial: string;

  @Field(() => String, { description: 'Lot that was asked about.' })
  lot: string;

  @Field(() => String, { description: 'Expiry that was asked about, YYMMDD.' })
  expiry: string;

  @Field(() => String, { nullable: true, description: 'The answer as it came.' })
  answer: string | null;

  @Field(() => String, { nullable: true, description: 'Its signature: a JWS over question and answer.' })
  signature: string | null;

  @Field(() => JsonObject, { nullable: true, description: 'The key that the signature was checked with (JWK).' })
  key: object | null;
}

@ObjectType({ description: 'A system that answers for packs of a maker who is not here.' })
export class VerificationResponder {
  @Field(() => ID, { description: 'Its number.' })
  id: number;

  @Field(() => String, { nullable: true, description: 'The GTIN it answers for.' })
  gtin: string | null;

  @Field(() => String, { nullable: true, description: 'Or the company prefix.' })
  companyPrefix: string | null;

  @Field(() => String, { description: 'Its base URL.' })
  baseUrl: string;

  @Field(() => String, { nullable: true, description: 'GLN that its answers must name.' })
  gln: string | null;

  @Field(() => String, { nullable: true, description: 'Where its keys are published, where they are not entered.' })
  keysUrl: string | null;

  @Field(() => Date, { description: 'Since when.' })
  addedAt: Date;

  @Field(() => Date, { nullable: true, description: 'Until when, where it was removed.' })
  removedAt: Date | null;
}

@ObjectType({ description: 'A page of responders, in the order in which they were entered.' })
export class VerificationResponderPage extends PageOf(VerificationResponder) {}
