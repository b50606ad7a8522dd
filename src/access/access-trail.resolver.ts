import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { decodeCursor, encodeCursor, PageArgs, pageOf, pageSize } from '../platform/graphql/pagination.js';
import { AccessTrailEntry, AccessTrailPage } from './access.model.js';
import { AccessTrailStore, type StoredTrailEntry } from './access-trail.store.js';
import type { Actor } from './actor.js';
import { Allow, CurrentActor } from './marks.js';
import { seesAllTrails } from './policy.js';

@Resolver()
export class AccessTrailResolver {
  constructor(@Inject(AccessTrailStore) private readonly store: AccessTrailStore) {}

  @Allow('read_access_trail')
  @Query(() => AccessTrailPage, {
    description: 'Who read the data of one’s own organisation, when and why; a regulator and an auditor see all of it.',
  })
  async accessTrail(@Args() page: PageArgs, @CurrentActor() actor: Actor): Promise<AccessTrailPage> {
    const first = pageSize(page.first);
    const before = decodeCursor(page.after, 'number')?.[0];
    const ownerId = seesAllTrails(actor) ? undefined : actor.organisationId;
    const rows = await this.store.page({ ownerId, before, limit: first + 1 });
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.id),
      (row) => entryFor(actor, row),
    );
  }
}

/** Which person of another organisation read is that organisation's business, and the overseers'. */
function entryFor(actor: Actor, row: StoredTrailEntry): AccessTrailEntry {
  const named = seesAllTrails(actor) || row.organisationId === actor.organisationId;
  const { at, organisationId, ownerIds, purpose, operation, subject } = row;
  const personId = named ? row.person : null;
  const clientId = named && row.client !== null ? Number(row.client) : null;
  return { at, organisationId, ownerIds, purpose, operation, subject, personId, clientId };
}
