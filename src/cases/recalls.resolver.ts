import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../access/actor.js';
import { Allow, CurrentActor, ReadPurpose, requiredActorOf } from '../access/marks.js';
import type { Purpose } from '../access/purpose.js';
import { StepResult, stepResult } from '../capture/captured-event.model.js';
import type { HoldKind } from '../domain/custody/holds.js';
import type { GraphqlContext } from '../platform/graphql/context.js';
import { defineLoader, loaderOf } from '../platform/graphql/loader.js';
import { decodeCursor, PageArgs, pageSize } from '../platform/graphql/pagination.js';
import { HoldKinds } from '../trace/custody.enums.js';
import { Deciding } from './deciding.service.js';
import { LiftRecallInput, RecallLotInput, ReleaseHoldInput } from './recalls.input.js';
import { HoldPage, LotStock, LotWhereabouts, Recall, RecalledLot, RecallPage } from './recalls.model.js';
import { RecallsService } from './recalls.service.js';

const AFFECTED = { description: 'Your own packs of the lot, by site and life, those that are dispensed included.' };
const ACTIVE = { type: () => Boolean, nullable: true, description: 'Only those in force, or only those lifted.' };

@Resolver(() => Recall)
export class RecallsResolver {
  private readonly affected = defineLoader('affected-stock', (lotIds: readonly number[], context: GraphqlContext) =>
    this.service.affectedStock(requiredActorOf(context.request), lotIds),
  );

  constructor(
    private readonly service: RecallsService,
    private readonly deciding: Deciding,
  ) {}

  @Allow('recall')
  @Mutation(() => StepResult, {
    description:
      'The owner of the GTIN, or the regulator, recalls or withdraws a lot: it is blocked everywhere, at once. ' +
      'Refused with LOT_NOT_FOUND, ALREADY_RECALLED, RECALL_CLASS_INVALID.',
  })
  async recallLot(@CurrentActor() actor: Actor, @Args('input') input: RecallLotInput): Promise<StepResult> {
    return stepResult(await this.deciding.recall(actor, input));
  }

  @Allow('recall')
  @Mutation(() => StepResult, {
    description:
      'Lifts a recall. What a regulator opened, a regulator lifts; else the owner of the GTIN and the regulator must both ' +
      'want it: the first asks (disposition `recalled`), the second lifts (disposition `active`). ' +
      'Refused with LOT_NOT_FOUND, HOLD_NOT_FOUND, LIFT_NOT_ALLOWED.',
  })
  async liftRecall(@CurrentActor() actor: Actor, @Args('input') input: LiftRecallInput): Promise<StepResult> {
    return stepResult(await this.deciding.liftRecall(actor, input));
  }

  @Allow('lift_holds')
  @Mutation(() => StepResult, {
    description:
      'The owner of the GTIN, or the regulator, ends every hold on one pack; a recall of its lot stays. ' +
      'Refused with HOLD_NOT_FOUND, LIFT_NOT_ALLOWED.',
  })
  async releaseHold(@CurrentActor() actor: Actor, @Args('input') input: ReleaseHoldInput): Promise<StepResult> {
    return stepResult(await this.deciding.release(actor, input));
  }

  @Allow('read')
  @Query(() => RecallPage, {
    name: 'recalls',
    description:
      'Recalls of your GTINs, and of lots that your sites have or had, the newest first; a regulator sees all.',
  })
  page(
    @CurrentActor() actor: Actor,
    @ReadPurpose('recall') purpose: Purpose,
    @Args() page: PageArgs,
    @Args('active', ACTIVE) active?: boolean | null,
  ): Promise<RecallPage> {
    const before = decodeCursor(page.after, 'number')?.[0];
    return this.service.page({ actor, purpose }, active ?? null, before, pageSize(page.first));
  }

  @Allow('read')
  @Query(() => RecalledLot, {
    name: 'recall',
    nullable: true,
    description:
      'A lot that is or was recalled: for the owner of its GTIN, the regulator, and whose sites have packs of it.',
  })
  find(
    @CurrentActor() actor: Actor,
    @ReadPurpose('recall') purpose: Purpose,
    @Args('gtin', { description: 'GTIN of 8 to 14 digits.' }) gtin: string,
    @Args('lot', { description: 'Batch or lot number.' }) lot: string,
  ): Promise<RecalledLot | null> {
    return this.service.recalledLot({ actor, purpose }, gtin, lot);
  }

  @Allow('read')
  @Query(() => HoldPage, {
    description:
      'Holds that you opened, on what you hold, and on packs of your GTINs, the newest first; a regulator sees all.',
  })
  holds(
    @CurrentActor() actor: Actor,
    @ReadPurpose('investigation') purpose: Purpose,
    @Args() page: PageArgs,
    @Args('active', ACTIVE) active?: boolean | null,
    @Args('kind', { type: () => HoldKinds, nullable: true, description: 'Only of this kind.' }) kind?: HoldKind | null,
  ): Promise<HoldPage> {
    const before = decodeCursor(page.after, 'number')?.[0];
    return this.service.holds(
      { actor, purpose },
      { active: active ?? null, kind: kind ?? null },
      before,
      pageSize(page.first),
    );
  }

  @ResolveField(() => [LotStock], AFFECTED)
  affectedStock(@Parent() { lotId }: Recall, @Context() context: GraphqlContext): Promise<LotStock[]> {
    return loaderOf(context, this.affected).load(lotId);
  }
}

@Resolver(() => RecalledLot)
export class RecalledLotResolver {
  constructor(private readonly service: RecallsService) {}

  @ResolveField(() => LotWhereabouts, {
    nullable: true,
    description: 'Who has what of it now: for the owner of the GTIN, the regulator and the auditor; else nothing.',
  })
  whereabouts(
    @CurrentActor() actor: Actor,
    @ReadPurpose('recall') purpose: Purpose,
    @Parent() lot: RecalledLot,
  ): Promise<LotWhereabouts | null> {
    return this.service.whereabouts({ actor, purpose }, lot);
  }

  @ResolveField(() => [LotStock], AFFECTED)
  async affectedStock(@CurrentActor() actor: Actor, @Parent() { lotId }: RecalledLot): Promise<LotStock[]> {
    return (await this.service.affectedStock(actor, [lotId]))[0]!;
  }
}
