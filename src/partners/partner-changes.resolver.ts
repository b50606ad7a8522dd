import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { OrganisationChangeInput, ProductChangeInput, SiteChangeInput } from './partner-changes.input.js';
import { PartnerChangesService } from './partner-changes.service.js';
import { OrganisationModel, ProductModel, SiteModel } from './partners.model.js';

const input = { description: 'What changes.' };

@Resolver(() => OrganisationModel)
export class OrganisationChangesResolver {
  constructor(@Inject(PartnerChangesService) private readonly service: PartnerChangesService) {}

  @Allow('register_organisations')
  @Mutation(() => OrganisationModel, {
    description: 'Changes an organisation. Refused with NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, COUNTRY_INVALID.',
  })
  updateOrganisation(
    @Args('gln', { type: () => String, description: 'Its party GLN, which stays.' }) gln: string,
    @Args('input', input) change: OrganisationChangeInput,
  ): Promise<OrganisationModel> {
    return this.service.updateOrganisation(gln, change);
  }
}

@Resolver(() => SiteModel)
export class SiteChangesResolver {
  constructor(@Inject(PartnerChangesService) private readonly service: PartnerChangesService) {}

  @Allow('manage_own')
  @Mutation(() => SiteModel, {
    description:
      'Changes a site of one’s own organisation. Refused with NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, COORDINATES_INVALID.',
  })
  updateSite(
    @Args('gln', { type: () => String, description: 'Its location GLN, which stays.' }) gln: string,
    @Args('input', input) change: SiteChangeInput,
    @CurrentActor() actor: Actor,
  ): Promise<SiteModel> {
    return this.service.updateSite(gln, change, actor);
  }
}

@Resolver(() => ProductModel)
export class ProductChangesResolver {
  constructor(@Inject(PartnerChangesService) private readonly service: PartnerChangesService) {}

  @Allow('manage_products')
  @Mutation(() => ProductModel, {
    description:
      'Changes a product of one’s own organisation. Refused with NOT_FOUND, TEXT_REQUIRED, TEXT_TOO_LONG, TEMPERATURE_INVALID, PACK_SIZE_INVALID, and PRODUCT_IN_USE for the pack size of packs that are commissioned.',
  })
  updateProduct(
    @Args('gtin', { type: () => String, description: 'Its GTIN, which stays: 8, 12, 13 or 14 digits.' }) gtin: string,
    @Args('input', input) change: ProductChangeInput,
    @CurrentActor() actor: Actor,
  ): Promise<ProductModel> {
    return this.service.updateProduct(gtin, change, actor);
  }
}
