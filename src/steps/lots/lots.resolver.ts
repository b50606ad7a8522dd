import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../platform/graphql/pagination.js';
import { Lot, LotPage, RegisterLotInput } from './lots.model.js';
import { LotsService } from './lots.service.js';
import { LotsStore } from './lots.store.js';

@Resolver(() => Lot)
export class LotsResolver {
  constructor(
    private readonly lots: LotsService,
    private readonly store: LotsStore,
  ) {}

  @Allow('commission')
  @Mutation(() => Lot, { description: 'Registers a lot of a product of yours. The same again answers the same.' })
  registerLot(@CurrentActor() actor: Actor, @Args('input') input: RegisterLotInput): Promise<Lot> {
    return this.lots.register(actor.organisationId, input);
  }

  @Allow('commission')
  @Query(() => LotPage, { name: 'lots', description: 'The lots of your products, the newest first.' })
  async page(
    @CurrentActor() actor: Actor,
    @Args() page: PageArgs,
    @Args('gtin', { type: () => String, nullable: true, description: 'Of this product alone.' }) gtin?: string | null,
  ): Promise<LotPage> {
    const first = pageSize(page.first);
    const before = decodeCursor(page.after, 'number')?.[0];
    const only = gtin == null ? undefined : parseGtin(gtin);
    const rows = await this.store.page(actor.organisationId, only, before, first + 1);
    return pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (lot) => lot,
    );
  }
}
