import { Field, InputType } from '@nestjs/graphql';

@InputType({ description: 'A link from a product, lot, pack, place or the like to something about it.' })
export class DigitalLinkInput {
  @Field(() => String, {
    description:
      'What it is about, as a GS1 Digital Link: `/01/09521001000017`, `/01/09521001000017/10/LOT7`, `/414/9521001001014`.',
  })
  identifier: string;

  @Field(() => String, { description: 'A link type of the GS1 Web Vocabulary, as `gs1:epil`.' })
  linkType: string;

  @Field(() => String, { description: 'Where it leads: an https URL.' })
  href: string;

  @Field(() => String, { description: 'What a person reads, 1 to 200 characters.' })
  title: string;

  @Field(() => [String], { nullable: true, description: 'Languages of what is there (BCP 47).' })
  languages?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Media type of what is there, as registered with IANA.' })
  mediaType?: string | null;

  @Field(() => [String], { nullable: true, description: 'Values of the parameter `context` that it is for; else all.' })
  contexts?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it is the default of what it is about, in place of the one before. Of one pack the default is always its verdict.',
  })
  isDefault?: boolean | null;
}
