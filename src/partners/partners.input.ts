import { Field, Float, InputType, Int } from '@nestjs/graphql';
import { OrganisationRole, PersonRole } from '../access/access.model.js';
import type { OrganisationRole as RoleOfOrganisation, PersonRole as RoleOfPerson } from '../access/actor.js';

@InputType({ description: 'A person to register.' })
export class PersonInput {
  @Field(() => String, { description: 'What it will sign in with; no two people share one.' })
  email: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { description: 'Its first password, 12 to 200 characters.' })
  password: string;

  @Field(() => [PersonRole], { description: 'At least one.' })
  roles: RoleOfPerson[];
}

@InputType({ description: 'An organisation to register.' })
export class OrganisationInput {
  @Field(() => String, { description: 'Its party GLN, 13 digits.' })
  gln: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => OrganisationRole, { description: 'What it is licensed as.' })
  role: RoleOfOrganisation;

  @Field(() => String, { description: 'Its country, ISO 3166-1 alpha-2.' })
  country: string;

  @Field(() => [String], { nullable: true, description: 'The GS1 company prefixes that it owns, 4 to 12 digits each.' })
  companyPrefixes?: string[] | null;

  @Field(() => PersonInput, { nullable: true, description: 'The first person of the organisation, usually an ADMIN.' })
  firstPerson?: PersonInput | null;
}

@InputType({ description: 'A site to register.' })
export class SiteInput {
  @Field(() => String, { description: 'Its location GLN, 13 digits.' })
  gln: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Its postal address.' })
  address?: string | null;

  @Field(() => String, { description: 'Its country, ISO 3166-1 alpha-2.' })
  country: string;

  @Field(() => Float, { nullable: true, description: 'Degrees north of the equator (WGS 84).' })
  latitude?: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east of Greenwich (WGS 84).' })
  longitude?: number | null;
}

@InputType({ description: 'A machine client to register.' })
export class ClientInput {
  @Field(() => String, { description: 'What it is.' })
  name: string;

  @Field(() => [PersonRole], { description: 'At least one.' })
  roles: RoleOfPerson[];
}

@InputType({ description: 'A product to register.' })
export class ProductInput {
  @Field(() => String, { description: 'Its GTIN: 8, 12, 13 or 14 digits, under a company prefix of one’s own.' })
  gtin: string;

  @Field(() => String, { description: 'The name on the pack.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'The international nonproprietary name (INN).' })
  commonName?: string | null;

  @Field(() => String, { description: 'The dosage form, as tablet or injection.' })
  form: string;

  @Field(() => String, { description: 'The strength of one unit, as 500 mg.' })
  strength: string;

  @Field(() => Int, { description: 'How many of the smallest dispensable units one pack holds.' })
  packSize: number;

  @Field(() => String, { description: 'The country it is licensed for, ISO 3166-1 alpha-2.' })
  market: string;

  @Field(() => String, { nullable: true, description: 'How to store it, in words.' })
  storageConditions?: string | null;

  @Field(() => Float, { nullable: true, description: 'The least temperature to store it at, in degrees Celsius.' })
  minCelsius?: number | null;

  @Field(() => Float, { nullable: true, description: 'The highest temperature to store it at, in degrees Celsius.' })
  maxCelsius?: number | null;
}
