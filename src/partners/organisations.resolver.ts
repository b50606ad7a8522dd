import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { AccessTrailEntry, OrganisationRole } from '../access/access.model.js';
import { THE_PUBLIC } from '../domain/custody/act.js';
import { abilitiesOf } from '../access/abilities.js';
import { type Actor, type OrganisationRole as RoleOfOrganisation, personOf } from '../access/actor.js';
import { Allow, Authenticated, CurrentActor } from '../access/marks.js';
import type { GraphqlContext } from '../platform/graphql/context.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { organisationFor } from './loaders.js';
import { PartnersDirectory } from './partners-directory.js';
import { OrganisationInput } from './partners.input.js';
import {
  Me,
  OrganisationModel,
  OrganisationPage,
  PersonModel,
  ProductModel,
  ProductPage,
  SiteModel,
  SitePage,
} from './partners.model.js';
import { PartnersService } from './partners.service.js';
import { PartnersStore } from './partners.store.js';
import { PeopleStore } from './people.store.js';

@Resolver(() => OrganisationModel)
export class OrganisationsResolver {
  constructor(
    @Inject(PartnersService) private readonly service: PartnersService,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  @Allow('read')
  @Query(() => OrganisationModel, { nullable: true, description: 'The organisation with this party GLN.' })
  organisation(
    @Args('gln', { type: () => String, description: 'Its party GLN.' }) gln: string,
  ): Promise<OrganisationModel | undefined> {
    return this.directory.findOrganisationByGln(gln);
  }

  @Allow('read')
  @Query(() => OrganisationPage, { description: 'The organisations that are registered, by GLN.' })
  async organisations(
    @Args() page: PageArgs,
    @Args('role', { type: () => OrganisationRole, nullable: true, description: 'Only those licensed as this.' })
    role?: RoleOfOrganisation | null,
    @Args('country', { type: () => String, nullable: true, description: 'Only those of this country.' })
    country?: string | null,
  ): Promise<OrganisationPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'string')?.[0];
    const rows = await this.store.organisations({ after, limit: first + 1 }, role, country);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.gln),
      (row) => row,
    );
  }

  @Allow('register_organisations')
  @Mutation(() => OrganisationModel, {
    description:
      'Registers an organisation. Refused with GLN_INVALID, GLN_TAKEN, COMPANY_PREFIX_INVALID, COMPANY_PREFIX_OVERLAPS, EMAIL_TAKEN and more.',
  })
  registerOrganisation(
    @Args('input', { description: 'What is known of it.' }) input: OrganisationInput,
  ): Promise<OrganisationModel> {
    return this.service.registerOrganisation(input);
  }

  @Allow('register_organisations')
  @Mutation(() => OrganisationModel, {
    description: 'Gives an organisation one more company prefix. Refused with NOT_FOUND, COMPANY_PREFIX_OVERLAPS.',
  })
  addCompanyPrefix(
    @Args('organisation', { type: () => String, description: 'Its party GLN.' }) gln: string,
    @Args('companyPrefix', { type: () => String, description: '4 to 12 digits.' }) prefix: string,
  ): Promise<OrganisationModel> {
    return this.service.addCompanyPrefix(gln, prefix);
  }

  @ResolveField(() => SitePage, { description: 'Its sites, by GLN.' })
  async sites(@Parent() organisation: OrganisationModel, @Args() page: PageArgs): Promise<SitePage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'string')?.[0];
    const rows = await this.store.sites({ after, limit: first + 1 }, organisation.id);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.gln),
      (row) => row,
    );
  }

  @ResolveField(() => ProductPage, { description: 'Its products, by GTIN.' })
  async products(@Parent() organisation: OrganisationModel, @Args() page: PageArgs): Promise<ProductPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'number')?.[0];
    const rows = await this.store.products({ after, limit: first + 1 }, organisation.id);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(Number(row.gtin)),
      (row) => row,
    );
  }
}

const OWNER = { description: 'Whose it is.' };

@Resolver(() => SiteModel)
export class SiteOwnerResolver {
  constructor(@Inject(PartnersDirectory) private readonly directory: PartnersDirectory) {}

  @ResolveField(() => OrganisationModel, OWNER)
  organisation(@Parent() site: SiteModel, @Context() context: GraphqlContext): Promise<OrganisationModel> {
    return organisationFor(this.directory, context, site.organisationId);
  }
}

@Resolver(() => ProductModel)
export class ProductOwnerResolver {
  constructor(@Inject(PartnersDirectory) private readonly directory: PartnersDirectory) {}

  @ResolveField(() => OrganisationModel, OWNER)
  organisation(@Parent() product: ProductModel, @Context() context: GraphqlContext): Promise<OrganisationModel> {
    return organisationFor(this.directory, context, product.organisationId);
  }
}

@Resolver(() => AccessTrailEntry)
export class AccessTrailPartiesResolver {
  constructor(@Inject(PartnersDirectory) private readonly directory: PartnersDirectory) {}

  @ResolveField(() => OrganisationModel, {
    nullable: true,
    description: 'Who read; nothing for the public, which opened a link.',
  })
  async reader(
    @Parent() { organisationId }: AccessTrailEntry,
    @Context() context: GraphqlContext,
  ): Promise<OrganisationModel | null> {
    return organisationId === THE_PUBLIC ? null : organisationFor(this.directory, context, organisationId);
  }

  @ResolveField(() => [OrganisationModel], { description: 'Whose data was read.' })
  owners(@Parent() entry: AccessTrailEntry, @Context() context: GraphqlContext): Promise<OrganisationModel[]> {
    return Promise.all(entry.ownerIds.map((id) => organisationFor(this.directory, context, id)));
  }
}

@Resolver(() => Me)
export class MeResolver {
  constructor(
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
    @Inject(PeopleStore) private readonly people: PeopleStore,
  ) {}

  @Authenticated()
  @Query(() => Me, { description: 'Who is asking.' })
  me(@CurrentActor() actor: Actor): Me {
    const { organisationId, roles } = actor;
    return { organisationId, roles, personId: personOf(actor) ?? null, abilities: abilitiesOf(actor) };
  }

  @ResolveField(() => OrganisationModel, { description: 'The organisation.' })
  organisation(@Parent() me: Me, @Context() context: GraphqlContext): Promise<OrganisationModel> {
    return organisationFor(this.directory, context, me.organisationId);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person; nothing for a machine client.' })
  async person(@Parent() me: Me): Promise<PersonModel | undefined> {
    return me.personId === null ? undefined : this.people.personById(me.personId);
  }
}
