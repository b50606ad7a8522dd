import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import type { Purpose } from '../../access/purpose.js';
import { PageArgs, pageSize } from '../../platform/graphql/pagination.js';
import { EventGap, gapModel } from '../gaps/gap.model.js';
import { GapsStore } from '../gaps/gaps.store.js';
import { TenureModel, TrailEntryModel } from '../trail.model.js';
import { TrailsService } from '../trails.service.js';
import { Container, ContainerChildPage, LotContent, Pack } from './packs.model.js';
import { PacksService } from './packs.service.js';

const TRAIL = { description: 'Every event that concerns it, in the order of the log.' };
const GAPS = { description: 'What other systems reported of it and could not be decided so far, at most 100.' };
const TENURES = { description: 'Who has and had it, and where, the first holder first.' };

@Resolver(() => Pack)
export class PackResolver {
  constructor(
    private readonly service: PacksService,
    private readonly trails: TrailsService,
    private readonly gaps: GapsStore,
  ) {}

  @Allow('read')
  @Query(() => Pack, {
    name: 'pack',
    nullable: true,
    description:
      'A pack that you hold or held; a regulator sees all. The owner of the GTIN commissioned it, so held it.',
  })
  find(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args('epc', { description: 'Its EPC: a GS1 Digital Link of any host, or an EPC URN.' }) epc: string,
  ): Promise<Pack | null> {
    return this.service.pack({ actor, purpose }, epc);
  }

  @ResolveField(() => [TrailEntryModel], TRAIL)
  async trail(@Parent() { traced }: Pack): Promise<TrailEntryModel[]> {
    return this.trails.entries(traced.asker, await traced.history(), 'Pack.trail');
  }

  @ResolveField(() => [EventGap], GAPS)
  async openGaps(@Parent() { gtin, serial }: Pack): Promise<EventGap[]> {
    return (await this.gaps.ofThing(gtin, serial, null)).map(gapModel);
  }

  @ResolveField(() => [TenureModel], TENURES)
  async tenures(@Parent() { traced }: Pack): Promise<TenureModel[]> {
    return this.trails.tenures(traced.asker, await traced.history(), 'Pack.tenures');
  }
}

@Resolver(() => Container)
export class ContainerResolver {
  constructor(
    private readonly service: PacksService,
    private readonly trails: TrailsService,
    private readonly gaps: GapsStore,
  ) {}

  @Allow('read')
  @Query(() => Container, {
    name: 'container',
    nullable: true,
    description: 'A container that you hold or held; a regulator sees all.',
  })
  find(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args('sscc', { description: 'Its SSCC, 18 digits.' }) sscc: string,
  ): Promise<Container | null> {
    return this.service.container({ actor, purpose }, sscc);
  }

  @ResolveField(() => [LotContent], {
    nullable: true,
    description: 'How many packs of which lot are in it, at any depth; nothing where you only held it once.',
  })
  contents(@Parent() { lots }: Container): readonly LotContent[] | null {
    return lots;
  }

  @ResolveField(() => Int, {
    nullable: true,
    description: 'How many packs are in it; nothing where you only held it once.',
  })
  packs(@Parent() { lots }: Container): number | null {
    return lots && lots.reduce((sum, { packs }) => sum + packs, 0);
  }

  @ResolveField(() => ContainerChildPage, {
    nullable: true,
    description: 'What is directly inside; nothing where you only held it once.',
  })
  children(@Parent() container: Container, @Args() { first, after }: PageArgs): Promise<ContainerChildPage | null> {
    return this.service.children(container, after, pageSize(first));
  }

  @ResolveField(() => [TrailEntryModel], {
    description: `${TRAIL.description} Of what went into it and came out of it, the last 200.`,
  })
  async trail(@Parent() { traced }: Container): Promise<TrailEntryModel[]> {
    return this.trails.entries(traced.asker, await traced.history(), 'Container.trail');
  }

  @ResolveField(() => [EventGap], GAPS)
  async openGaps(@Parent() { sscc }: Container): Promise<EventGap[]> {
    return (await this.gaps.ofThing(null, null, sscc)).map(gapModel);
  }

  @ResolveField(() => [TenureModel], TENURES)
  async tenures(@Parent() { traced }: Container): Promise<TenureModel[]> {
    return this.trails.tenures(traced.asker, await traced.history(), 'Container.tenures');
  }
}
