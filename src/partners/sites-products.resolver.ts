import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor } from '../access/marks.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { PartnersDirectory } from './partners-directory.js';
import { ProductInput, SiteInput } from './partners.input.js';
import { ProductModel, ProductPage, SiteModel, SitePage } from './partners.model.js';
import { PartnersService } from './partners.service.js';
import { PartnersStore } from './partners.store.js';

@Resolver(() => SiteModel)
export class SitesResolver {
  constructor(
    @Inject(PartnersService) private readonly service: PartnersService,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  @Allow('read')
  @Query(() => SiteModel, { nullable: true, description: 'The site with this GLN.' })
  site(
    @Args('gln', { type: () => String, description: 'Its location GLN.' }) gln: string,
  ): Promise<SiteModel | undefined> {
    return this.directory.findSiteByGln(gln);
  }

  @Allow('read')
  @Query(() => SitePage, { description: 'The sites that are registered, by GLN.' })
  async sites(@Args() page: PageArgs): Promise<SitePage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'string')?.[0];
    const rows = await this.store.sites({ after, limit: first + 1 });
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.gln),
      (row) => row,
    );
  }

  @Allow('manage_own')
  @Mutation(() => SiteModel, {
    description:
      'Registers a site of one’s own organisation. Refused with GLN_INVALID, GLN_TAKEN, COORDINATES_INVALID.',
  })
  registerSite(
    @Args('input', { description: 'What is known of it.' }) input: SiteInput,
    @CurrentActor() actor: Actor,
  ): Promise<SiteModel> {
    return this.service.registerSite(input, actor);
  }
}

@Resolver(() => ProductModel)
export class ProductsResolver {
  constructor(
    @Inject(PartnersService) private readonly service: PartnersService,
    @Inject(PartnersStore) private readonly store: PartnersStore,
    @Inject(PartnersDirectory) private readonly directory: PartnersDirectory,
  ) {}

  @Allow('read')
  @Query(() => ProductModel, { nullable: true, description: 'The product with this GTIN. Refused with GTIN_INVALID.' })
  async product(
    @Args('gtin', { type: () => String, description: '8, 12, 13 or 14 digits.' }) gtin: string,
  ): Promise<ProductModel | undefined> {
    return this.directory.findProduct(parseGtin(gtin));
  }

  @Allow('read')
  @Query(() => ProductPage, { description: 'The products that are registered, by GTIN.' })
  async products(
    @Args() page: PageArgs,
    @Args('name', { type: () => String, nullable: true, description: 'Only those with this in their name or INN.' })
    name?: string | null,
  ): Promise<ProductPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'number')?.[0];
    const rows = await this.store.products({ after, limit: first + 1 }, undefined, name);
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(Number(row.gtin)),
      (row) => row,
    );
  }

  @Allow('manage_products')
  @Mutation(() => ProductModel, {
    description:
      'Registers a product under an own company prefix. Refused with GTIN_INVALID, GTIN_NOT_OWNED, GTIN_TAKEN and more.',
  })
  registerProduct(
    @Args('input', { description: 'What is known of it.' }) input: ProductInput,
    @CurrentActor() actor: Actor,
  ): Promise<ProductModel> {
    return this.service.registerProduct(input, actor);
  }
}
