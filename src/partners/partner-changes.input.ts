import { Field, Float, InputType, Int } from '@nestjs/graphql';

const KEEPS = 'What is left out stays as it is.';
const KEEPS_OR_EMPTIES = 'What is left out stays as it is; null empties what may be empty.';

@InputType({ description: `What changes of an organisation. ${KEEPS}` })
export class OrganisationChangeInput {
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Its country, ISO 3166-1 alpha-2.' })
  country?: string | null;
}

@InputType({ description: `What changes of a site. ${KEEPS_OR_EMPTIES}` })
export class SiteChangeInput {
  @Field(() => String, { nullable: true, description: 'Its name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Its postal address; may be empty.' })
  address?: string | null;

  @Field(() => Float, { nullable: true, description: 'Degrees north of the equator (WGS 84); may be empty.' })
  latitude?: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east of Greenwich (WGS 84); may be empty.' })
  longitude?: number | null;
}

@InputType({ description: `What changes of a product. ${KEEPS_OR_EMPTIES}` })
export class ProductChangeInput {
  @Field(() => String, { nullable: true, description: 'The name on the pack.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The international nonproprietary name (INN); may be empty.' })
  commonName?: string | null;

  @Field(() => String, { nullable: true, description: 'The dosage form, as tablet or injection.' })
  form?: string | null;

  @Field(() => String, { nullable: true, description: 'The strength of one unit, as 500 mg.' })
  strength?: string | null;

  @Field(() => Int, { nullable: true, description: 'Units in one pack; not once packs are commissioned.' })
  packSize?: number | null;

  @Field(() => String, { nullable: true, description: 'How to store it, in words; may be empty.' })
  storageConditions?: string | null;

  @Field(() => Float, { nullable: true, description: 'The least temperature in degrees Celsius; may be empty.' })
  minCelsius?: number | null;

  @Field(() => Float, { nullable: true, description: 'The highest temperature in degrees Celsius; may be empty.' })
  maxCelsius?: number | null;
}
