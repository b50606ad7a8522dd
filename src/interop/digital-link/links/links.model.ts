import { Field, ID, ObjectType } from '@nestjs/graphql';
import { PageOf } from '../../../platform/graphql/pagination.js';

@ObjectType({ description: 'A link that the owner of a GS1 key added to what the resolver says of it.' })
export class DigitalLink {
  @Field(() => ID, { description: 'Its number.' })
  id: number;

  @Field(() => String, { description: 'What it is about: the path of a GS1 Digital Link.' })
  anchor: string;

  @Field(() => String, { description: 'The link type, as an IRI.' })
  linkType: string;

  @Field(() => String, { description: 'Where it leads.' })
  href: string;

  @Field(() => String, { description: 'What a person reads.' })
  title: string;

  @Field(() => [String], { description: 'Languages of what is there.' })
  languages: readonly string[];

  @Field(() => String, { nullable: true, description: 'Media type of what is there.' })
  mediaType: string | null;

  @Field(() => [String], { description: 'Values of `context` that it is for; none for all.' })
  contexts: readonly string[];

  @Field(() => Boolean, { description: 'Whether it is the default.' })
  isDefault: boolean;

  @Field(() => Date, { description: 'Since when.' })
  addedAt: Date;

  @Field(() => Date, { nullable: true, description: 'Until when, where it was removed.' })
  removedAt: Date | null;
}

@ObjectType({ description: 'A page of links, the oldest first.' })
export class DigitalLinkPage extends PageOf(DigitalLink) {}
