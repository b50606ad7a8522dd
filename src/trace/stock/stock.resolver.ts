import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor } from '../../access/marks.js';
import { lifeCode, lifeOf, LIVES, type Life } from '../../domain/custody/life.js';
import { parseGtin } from '../../domain/gs1/gtin.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../platform/graphql/pagination.js';
import { Lives } from '../custody.enums.js';
import { Names } from '../names.service.js';
import { OwnSites } from '../own-sites.service.js';
import { Stock, StockPage } from './stock.model.js';
import { StockStore, type StockRow } from './stock.store.js';

@Resolver(() => Stock)
export class StockResolver {
  constructor(
    private readonly store: StockStore,
    private readonly names: Names,
    private readonly sites: OwnSites,
  ) {}

  @Allow('read')
  @Query(() => StockPage, { description: 'The packs at your sites, counted by site, lot and life.' })
  async stock(
    @CurrentActor() actor: Actor,
    @Args() page: PageArgs,
    @Args('site', { type: () => String, nullable: true, description: 'GLN of a site of yours.' }) site?: string | null,
    @Args('gtin', { type: () => String, nullable: true, description: 'Of this product.' }) gtin?: string | null,
    @Args('lot', { type: () => String, nullable: true, description: 'Of this lot number.' }) lot?: string | null,
    @Args('lives', { type: () => [Lives], nullable: true, description: 'In these states; in all of them.' })
    lives?: readonly Life[] | null,
  ): Promise<StockPage> {
    const first = pageSize(page.first);
    const filter = {
      gtin: gtin == null ? null : parseGtin(gtin),
      lot: lot ?? null,
      lives: (lives ?? LIVES).map(lifeCode),
    };
    const after = decodeCursor(page.after, 'number', 'number', 'number') ?? ([0, 0, -1] as const);
    const rows = await this.store.page(await this.sites.ids(actor, site), filter, after, first + 1);
    const { nodes, pageInfo } = pageOf(
      rows,
      first,
      (row) => encodeCursor(row.site, row.lotId, row.life),
      (row) => row,
    );
    return { nodes: await Promise.all(nodes.map((row) => this.model(row))), pageInfo };
  }

  private async model({ gtin, lot, expiry, site, life, packs }: StockRow): Promise<Stock> {
    const [at, product] = await Promise.all([this.names.site(site), this.names.product(gtin)]);
    return { gtin, lot, expiry, site: at, life: lifeOf(life), packs, product };
  }
}
