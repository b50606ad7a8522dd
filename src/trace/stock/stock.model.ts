import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Life } from '../../domain/custody/life.js';
import { ProductModel, SiteModel } from '../../partners/partners.model.js';
import { PageOf } from '../../platform/graphql/pagination.js';
import { CalendarDate } from '../../platform/graphql/scalars.js';
import { Lives } from '../custody.enums.js';

@ObjectType({ description: 'Packs of one lot at one site, in one state of their life.' })
export class Stock {
  @Field(() => String, { description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'Batch or lot number.' })
  lot: string;

  @Field(() => CalendarDate, { description: 'Last day of use.' })
  expiry: string;

  @Field(() => ProductModel, { nullable: true, description: 'The product.' })
  product: ProductModel | null;

  @Field(() => SiteModel, { description: 'The site. Packs on their way are counted where they left.' })
  site: SiteModel;

  @Field(() => Lives, { description: 'The state of their life.' })
  life: Life;

  @Field(() => Int, { description: 'How many packs.' })
  packs: number;
}

@ObjectType({ description: 'A page of stock, by site, lot and life.' })
export class StockPage extends PageOf(Stock) {}
