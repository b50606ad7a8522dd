import { Args, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../../access/actor.js';
import { Allow, CurrentActor } from '../../../access/marks.js';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../../../platform/graphql/pagination.js';
import { VerificationRequestPage } from './requests.model.js';
import { RequestsStore } from './requests.store.js';

@Resolver()
export class RequestsResolver {
  constructor(private readonly store: RequestsStore) {}

  @Allow('read_access_trail')
  @Query(() => VerificationRequestPage, {
    description: 'Who asked about packs of one’s own products by verification messaging, the newest first.',
  })
  async verificationRequests(@CurrentActor() actor: Actor, @Args() page: PageArgs): Promise<VerificationRequestPage> {
    const first = pageSize(page.first);
    const before = decodeCursor(page.after, 'number')?.[0] ?? Number.MAX_SAFE_INTEGER;
    const rows = await this.store.page(actor.organisationId, before, first + 1);
    return pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (row) => row,
    );
  }
}
