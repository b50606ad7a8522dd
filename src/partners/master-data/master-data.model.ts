import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'One attribute of master data.' })
export class MasterDataAttribute {
  @Field(() => String, { description: 'Its name in full, as urn:epcglobal:cbv:mda#name.' })
  name: string;

  @Field(() => String, { description: 'Its value; JSON where it is no plain text.' })
  value: string;
}

@ObjectType({ description: 'Where somebody contradicts what the owner registered.' })
export class MasterDataDifference {
  @Field(() => String, { description: 'The name of the attribute.' })
  attribute: string;

  @Field(() => String, { description: 'What the owner registered.' })
  registered: string;

  @Field(() => String, { description: 'What is said instead.' })
  said: string;
}

@ObjectType({ description: 'What an owner registered, under the attribute names of the CBV.' })
export class RegisteredMasterData {
  organisationId: number;

  @Field(() => String, { description: 'Its type, as urn:epcglobal:epcis:vtype:EPCClass.' })
  vocabulary: string;

  @Field(() => [MasterDataAttribute], { description: 'What was registered.' })
  attributes: MasterDataAttribute[];
}

@ObjectType({ description: 'What a document or a file said of a thing.' })
export class MasterDataStatement {
  @Field(() => String, { description: 'Its type, as urn:epcglobal:epcis:vtype:EPCClass.' })
  vocabulary: string;

  @Field(() => String, { description: 'The identifier as it came.' })
  received: string;

  @Field(() => String, { nullable: true, description: 'The sender that the document names.' })
  sender: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The capture job of the document; nothing for an imported file.',
  })
  job: string | null;

  @Field(() => Date, { description: 'When it was taken in.' })
  capturedAt: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When the same sender said something else; nothing when it counts.',
  })
  replacedAt: Date | null;

  @Field(() => [MasterDataAttribute], { description: 'What it says, in its order.' })
  attributes: MasterDataAttribute[];

  @Field(() => [String], { description: 'What is below it in the hierarchy.' })
  children: readonly string[];

  @Field(() => [MasterDataDifference], { description: 'Where it contradicts what the owner registered.' })
  differences: MasterDataDifference[];
}

@ObjectType('MasterData', {
  description: 'What your organisation knows of a product, a place or a party, and from whom.',
})
export class MasterDataModel {
  @Field(() => String, { description: 'Its canonical identifier: a GS1 Digital Link, or the URI as it came.' })
  id: string;

  @Field(() => RegisteredMasterData, { nullable: true, description: 'What its owner registered; this counts first.' })
  registered: RegisteredMasterData | null;

  @Field(() => [MasterDataStatement], {
    description: 'What documents and files of your organisation say, newest first.',
  })
  statements: MasterDataStatement[];
}
