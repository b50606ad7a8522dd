import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../../platform/graphql/pagination.js';
import { DigitalLinkInput } from './links.input.js';
import { DigitalLink, DigitalLinkPage } from './links.model.js';
import { LinksService } from './links.service.js';
import { LinksStore } from './links.store.js';

@Resolver()
export class LinksResolver {
  constructor(
    private readonly service: LinksService,
    private readonly store: LinksStore,
  ) {}

  @Allow('manage_links')
  @Mutation(() => DigitalLink, {
    description:
      'Adds a link to what the resolver says of a product, lot, pack or place under an own company prefix. Refused with LINK_NOT_OWNED, LINK_TYPE_UNKNOWN, LINK_URL_INVALID and more.',
  })
  addDigitalLink(
    @CurrentActor() actor: Actor,
    @Args('input', { description: 'The link.' }) input: DigitalLinkInput,
  ): Promise<DigitalLink> {
    return this.service.add(actor, input);
  }

  @Allow('manage_links')
  @Mutation(() => DigitalLink, { description: 'Takes a link out of force. Refused with NOT_FOUND.' })
  removeDigitalLink(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'Its number.' }) id: string,
  ): Promise<DigitalLink> {
    return this.service.remove(actor, Number(id));
  }

  @Allow('read')
  @Query(() => DigitalLinkPage, {
    description: 'The links in force that one’s own organisation added. All links of a thing are its public link set.',
  })
  async digitalLinks(@CurrentActor() actor: Actor, @Args() page: PageArgs): Promise<DigitalLinkPage> {
    const first = pageSize(page.first);
    const after = decodeCursor(page.after, 'number')?.[0] ?? 0;
    const rows = await this.store.page(actor.organisationId, after, first + 1);
    return pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (row) => row,
    );
  }
}
