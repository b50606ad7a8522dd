import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { OrganisationRole, PersonRole } from '../access/access.model.js';
import type { OrganisationRole as RoleOfOrganisation, PersonRole as RoleOfPerson } from '../access/actor.js';
import { PageOf } from '../platform/graphql/pagination.js';

@ObjectType('Organisation', { description: 'A trading partner, a regulator or an auditor.' })
export class OrganisationModel {
  id: number;

  @Field(() => String, { description: 'Its party GLN, 13 digits.' })
  gln: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => OrganisationRole, { description: 'What it is licensed as.' })
  role: RoleOfOrganisation;

  @Field(() => String, { description: 'Its country, ISO 3166-1 alpha-2.' })
  country: string;

  @Field(() => [String], { name: 'companyPrefixes', description: 'The GS1 company prefixes that it owns.' })
  prefixes: readonly string[];
}

@ObjectType('Site', { description: 'A place where packs are: a factory, a warehouse, a pharmacy.' })
export class SiteModel {
  id: number;

  organisationId: number;

  @Field(() => String, { description: 'Its location GLN, 13 digits.' })
  gln: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Its postal address.' })
  address: string | null;

  @Field(() => String, { description: 'Its country, ISO 3166-1 alpha-2.' })
  country: string;

  @Field(() => Float, { nullable: true, description: 'Degrees north of the equator (WGS 84).' })
  latitude: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east of Greenwich (WGS 84).' })
  longitude: number | null;
}

@ObjectType('Product', { description: 'A medicine in one pack size, as its GTIN names it.' })
export class ProductModel {
  organisationId: number;

  @Field(() => String, { description: 'Its GTIN, 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'The name on the pack.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'The international nonproprietary name (INN).' })
  commonName: string | null;

  @Field(() => String, { description: 'The dosage form, as tablet or injection.' })
  form: string;

  @Field(() => String, { description: 'The strength of one unit, as 500 mg.' })
  strength: string;

  @Field(() => Int, { description: 'How many of the smallest dispensable units one pack holds.' })
  packSize: number;

  @Field(() => String, { description: 'The country it is licensed for, ISO 3166-1 alpha-2.' })
  market: string;

  @Field(() => String, { nullable: true, description: 'How to store it, in words.' })
  storageConditions: string | null;

  @Field(() => Float, { nullable: true, description: 'The least temperature to store it at, in degrees Celsius.' })
  minCelsius: number | null;

  @Field(() => Float, { nullable: true, description: 'The highest temperature to store it at, in degrees Celsius.' })
  maxCelsius: number | null;
}

@ObjectType('Person', { description: 'Somebody who signs in for an organisation.' })
export class PersonModel {
  @Field(() => Int, { description: 'Its number.' })
  id: number;

  organisationId: number;

  @Field(() => String, { description: 'What it signs in with.' })
  email: string;

  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => [PersonRole], { description: 'What it may do.' })
  roles: readonly RoleOfPerson[];

  @Field(() => Date, { nullable: true, description: 'Since when it may not sign in; nothing when it may.' })
  disabledAt: Date | null;
}

@ObjectType('MachineClient', { description: 'A program that signs in for an organisation.' })
export class ClientModel {
  @Field(() => Int, { description: 'Its number.' })
  id: number;

  organisationId: number;

  @Field(() => String, { description: 'What it signs in with.' })
  clientId: string;

  @Field(() => String, { description: 'What it is.' })
  name: string;

  @Field(() => [PersonRole], { description: 'What it may do.' })
  roles: readonly RoleOfPerson[];

  @Field(() => Date, { nullable: true, description: 'Since when it may not sign in; nothing when it may.' })
  disabledAt: Date | null;
}

@ObjectType({ description: 'A machine client and its secret, which is shown this once.' })
export class ClientWithSecret {
  @Field(() => ClientModel, { description: 'The client.' })
  client: ClientModel;

  @Field(() => String, { description: 'Keep it safe: it cannot be shown again.' })
  clientSecret: string;
}

@ObjectType({ description: 'Who is asking, as the access token says.' })
export class Me {
  organisationId: number;

  personId: number | null;

  @Field(() => [PersonRole], { description: 'The roles in the organisation.' })
  roles: readonly RoleOfPerson[];

  @Field(() => [String], { description: 'What they allow, together with the organisation’s role.' })
  abilities: readonly string[];
}

@ObjectType({ description: 'A page of organisations, by GLN.' })
export class OrganisationPage extends PageOf(OrganisationModel) {}

@ObjectType({ description: 'A page of sites, by GLN.' })
export class SitePage extends PageOf(SiteModel) {}

@ObjectType({ description: 'A page of products, by GTIN.' })
export class ProductPage extends PageOf(ProductModel) {}

@ObjectType({ description: 'A page of people, in the order of their registration.' })
export class PersonPage extends PageOf(PersonModel) {}

@ObjectType({ description: 'A page of machine clients, in the order of their registration.' })
export class ClientPage extends PageOf(ClientModel) {}
