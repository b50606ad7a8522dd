import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../platform/graphql/pagination.js';
import { OrderSerialNumbersInput, SerialOrder, SerialOrderPage } from './serial-orders.model.js';
import { SerialNumbersService } from '../../partners/serials/serial-numbers.service.js';
import { SerialsStore, type StoredOrder } from '../../partners/serials/serials.store.js';
import { orderId } from './order-id.js';

const MOST_SERIALS = 10_000;

@Resolver(() => SerialOrder)
export class SerialOrdersResolver {
  constructor(
    private readonly serials: SerialNumbersService,
    private readonly store: SerialsStore,
  ) {}

  @Allow('commission')
  @Mutation(() => SerialOrder, { description: 'Orders serial numbers: random, unguessable, unique for their GTIN.' })
  async orderSerialNumbers(
    @CurrentActor() actor: Actor,
    @Args('input') input: OrderSerialNumbersInput,
  ): Promise<SerialOrder> {
    return modelOf(await this.serials.order(actor.organisationId, input));
  }

  @Allow('commission')
  @Query(() => SerialOrder, { description: 'One order of your organisation’s.' })
  async serialOrder(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, description: 'The order.' }) id: string,
  ): Promise<SerialOrder> {
    return modelOf(await this.serials.find(actor.organisationId, orderId(id)));
  }

  @Allow('commission')
  @Query(() => SerialOrderPage, { description: 'The orders of your organisation, the newest first.' })
  async serialOrders(@CurrentActor() actor: Actor, @Args() page: PageArgs): Promise<SerialOrderPage> {
    const first = pageSize(page.first);
    const before = decodeCursor(page.after, 'number')?.[0];
    const rows = await this.store.page(actor.organisationId, before, first + 1);
    return pageOf(rows, first, ({ id }) => encodeCursor(id), modelOf);
  }

  @ResolveField(() => [String], {
    name: 'serials',
    description: `Serial numbers of the order, at most ${MOST_SERIALS} at once; fewer where it ends before.`,
  })
  async serialNumbers(
    @CurrentActor() actor: Actor,
    @Parent() order: SerialOrder,
    @Args('from', { type: () => Int, defaultValue: 0, description: 'The first, counted from 0.' }) from: number,
    @Args('count', { type: () => Int, defaultValue: 100, description: 'How many.' }) count: number,
  ): Promise<string[]> {
    const stored = await this.serials.find(actor.organisationId, orderId(order.id));
    return this.serials.serials(stored, from, Math.min(count, MOST_SERIALS, Math.max(1, stored.quantity - from)));
  }
}

function modelOf(order: StoredOrder): SerialOrder {
  const id = String(order.id);
  const { gtin, quantity, createdAt } = order;
  return { id, gtin, quantity, ready: quantity, createdAt, download: `/serial-orders/${id}/serials.txt` };
}
