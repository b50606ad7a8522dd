import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import type { Purpose } from '../../access/purpose.js';
import type { Life } from '../../domain/custody/life.js';
import { OrganisationModel, ProductModel, SiteModel } from '../../partners/partners.model.js';
import { PageOf } from '../../platform/graphql/pagination.js';
import { CalendarDate, Position } from '../../platform/graphql/scalars.js';
import { Lives } from '../custody.enums.js';
import { HoldModel } from '../hold.model.js';
import type { History } from '../trails.service.js';

/** What the fields of a pack or container that need more than its state are made from. */
export interface Traced {
  readonly asker: { readonly actor: Actor; readonly purpose: Purpose };
  /** Read once, by whichever field needs it first. */
  readonly history: () => Promise<History>;
}

@ObjectType({ isAbstract: true })
abstract class Whereabouts {
  /** Never shown. */
  traced: Traced;

  @Field(() => String, { description: 'Its EPC, as a GS1 Digital Link.' })
  epc: string;

  @Field(() => Lives, { description: 'Where it stands in its life: inside a container, what the outermost one says.' })
  life: Life;

  @Field(() => OrganisationModel, { nullable: true, description: 'Who holds it. On its way, that is the sender.' })
  holder: OrganisationModel | null;

  @Field(() => SiteModel, { nullable: true, description: 'Where it is. On its way, where it left.' })
  site: SiteModel | null;

  @Field(() => Position, { nullable: true, description: 'The shipping event that it is on its way by.' })
  shipment: number | null;

  @Field(() => [String], { description: 'SSCCs of the containers around it, innermost first.' })
  containers: readonly string[];

  @Field(() => [HoldModel], { description: 'What blocks it: holds in force on itself, around it and on its lots.' })
  holds: readonly HoldModel[];
}

@ObjectType({ description: 'One medicine pack: where it is now, and its history.' })
export class Pack extends Whereabouts {
  @Field(() => String, { description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'Serial number.' })
  serial: string;

  @Field(() => String, { description: 'Batch or lot number.' })
  lot: string;

  @Field(() => CalendarDate, { description: 'Last day of use.' })
  expiry: string;

  @Field(() => ProductModel, { nullable: true, description: 'The product.' })
  product: ProductModel | null;

  @Field(() => Int, { nullable: true, description: 'Units left in a pack that was dispensed in part.' })
  remaining: number | null;

  @Field(() => Int, { description: 'How often it was presented again where it had been dispensed.' })
  repeats: number;
}

@ObjectType({ description: 'Packs of one lot.' })
export class LotContent {
  @Field(() => String, { description: 'GTIN of 14 digits.' })
  gtin: string;

  @Field(() => String, { description: 'Batch or lot number.' })
  lot: string;

  @Field(() => CalendarDate, { description: 'Last day of use.' })
  expiry: string;

  @Field(() => Int, { description: 'How many packs.' })
  packs: number;
}

@ObjectType({ description: 'A pack or a container directly inside another.' })
export class ContainerChild {
  @Field(() => String, { description: 'Its EPC, as a GS1 Digital Link.' })
  epc: string;

  @Field(() => Int, { description: 'How many packs it stands for: 1 for a pack.' })
  packs: number;
}

@ObjectType({ description: 'A page of what is directly inside a container: containers by SSCC, then packs.' })
export class ContainerChildPage extends PageOf(ContainerChild) {}

@ObjectType({ description: 'A case, a pallet or another logistic unit: where it is now, what is in it, its history.' })
export class Container extends Whereabouts {
  /** What is in it now; null where the reader may not know. */
  lots: readonly LotContent[] | null;

  @Field(() => String, { description: 'Its SSCC, 18 digits.' })
  sscc: string;
}
