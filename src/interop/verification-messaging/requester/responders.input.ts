import { Field, InputType } from '@nestjs/graphql';

@InputType({ description: 'A system that answers for packs of a maker who is not here.' })
export class ResponderInput {
  @Field(() => String, { nullable: true, description: 'The GTIN it answers for; or `companyPrefix`.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'The GS1 company prefix it answers for; or `gtin`.' })
  companyPrefix?: string | null;

  @Field(() => String, { description: 'Its base URL: `/verify/gtin/...` follows.' })
  baseUrl: string;

  @Field(() => String, { nullable: true, description: 'GLN that its answers must name.' })
  gln?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'JWK set (RFC 7517), as JSON, of the keys that its answers must be signed with.',
  })
  keys?: string | null;

  @Field(() => String, { nullable: true, description: 'Or where it publishes them, as `/.well-known/jwks.json`.' })
  keysUrl?: string | null;
}
