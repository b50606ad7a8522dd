import { Args, Query, Resolver } from '@nestjs/graphql';
import { AccessTrail } from '../../access/access-trail.js';
import type { Actor } from '../../access/actor.js';
import { Allow, CurrentActor, ReadPurpose } from '../../access/marks.js';
import { seesAllTrails } from '../../access/policy.js';
import type { Purpose } from '../../access/purpose.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../platform/graphql/pagination.js';
import { gapModel, OpenGap, OpenGapPage } from './gap.model.js';
import { GapsStore } from './gaps.store.js';

const HIGHEST: readonly [number, string] = [Number.MAX_SAFE_INTEGER, ''];

@Resolver(() => OpenGap)
export class GapsResolver {
  constructor(
    private readonly store: GapsStore,
    private readonly accessTrail: AccessTrail,
  ) {}

  @Allow('read')
  @Query(() => OpenGapPage, {
    description:
      'What is open of the events that your organisation captured: it was reported, and could not be decided. ' +
      'A regulator or an auditor sees that of all.',
  })
  async openGaps(
    @CurrentActor() actor: Actor,
    @ReadPurpose('status') purpose: Purpose,
    @Args() page: PageArgs,
  ): Promise<OpenGapPage> {
    const first = pageSize(page.first);
    const below = decodeCursor(page.after, 'number', 'string') ?? HIGHEST;
    const rows = await this.store.open(
      seesAllTrails(actor) ? null : actor.organisationId,
      [...below] as [number, string],
      first + 1,
    );
    const ownerIds = rows.map(({ capturedBy }) => capturedBy);
    await this.accessTrail.record({ actor, purpose, ownerIds, operation: 'Query.openGaps', subject: 'gaps' });
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.position, row.epc),
      (row) => ({ ...gapModel(row), position: row.position }),
    );
  }
}
