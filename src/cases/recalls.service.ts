import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../access/access-trail.js';
import type { Actor } from '../access/actor.js';
import { seesAllTrails } from '../access/policy.js';
import { eventIdAt } from '../capture/erased-event.js';
import { lifeOf } from '../domain/custody/life.js';
import type { HoldKind } from '../domain/custody/holds.js';
import { lgtinUri } from '../domain/gs1/epc.js';
import { parseGtin } from '../domain/gs1/gtin.js';
import { parseLot } from '../domain/gs1/lot-serial.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { encodeCursor, pageOf, type Page } from '../platform/graphql/pagination.js';
import type { HoldModel } from '../trace/hold.model.js';
import { holdModel, type HoldRow } from '../trace/holds.js';
import { Names } from '../trace/names.service.js';
import { OwnSites } from '../trace/own-sites.service.js';
import type { Asker } from '../trace/events/events.service.js';
import { HoldsStore } from './holds.store.js';
import type { LotInTransit, LotStock, LotWhereabouts, Recall, RecalledLot, StateOfRecall } from './recalls.model.js';
import { RecallsStore, type RecallScope } from './recalls.store.js';
import { WhereaboutsStore, type InTransitRow, type LotStockRow } from './whereabouts.store.js';

const MOST_LINES = 1000;

/** Recalls and holds: the owner of the GTIN and the overseers see who has what; everybody else, its own part. */
@Injectable()
export class RecallsService {
  constructor(
    private readonly store: RecallsStore,
    private readonly holdsStore: HoldsStore,
    private readonly whereaboutsStore: WhereaboutsStore,
    private readonly names: Names,
    private readonly sites: OwnSites,
    private readonly directory: PartnersDirectory,
    private readonly accessTrail: AccessTrail,
  ) {}

  /** The newest first: of one's own GTINs, and of lots that one's own sites have or had. */
  async page(asker: Asker, active: boolean | null, before: number | undefined, first: number): Promise<Page<Recall>> {
    const { actor } = asker;
    const rows = await this.store.page(await this.scopeOf(actor), active, before ?? Number.MAX_SAFE_INTEGER, first + 1);
    const { nodes, pageInfo } = pageOf(
      rows,
      first,
      ({ id }) => encodeCursor(id),
      (row) => row,
    );
    const owners = nodes.map(({ openedBy }) => openedBy);
    const recorded = this.record(asker, owners, 'Query.recalls', 'recalls');
    const recalls = await Promise.all(nodes.map((row) => this.recallModel(actor, row)));
    await recorded;
    return { nodes: recalls, pageInfo };
  }

  /** A recalled lot; null where there is none, or none that concerns the asker. */
  async recalledLot(asker: Asker, gtinText: string, lotText: string): Promise<RecalledLot | null> {
    const { actor } = asker;
    const lot = await this.store.lot(parseGtin(gtinText), parseLot(lotText));
    if (!lot) return null;
    const owner = await this.directory.findOwnerOfGtin(lot.gtin);
    const open = seesAllTrails(actor) || owner?.id === actor.organisationId;
    const [holds, affected] = await Promise.all([this.store.ofLot(lot.id), open ? [] : this.ownStock(actor, [lot.id])]);
    if (holds.length === 0 || (!open && affected.length === 0)) return null;
    const owners = holds.map(({ openedBy }) => openedBy);
    const recorded = this.record(asker, owners, 'Query.recall', lgtinUri(lot.gtin, lot.lot));
    const recalls = await Promise.all(holds.map((row) => this.recallModel(actor, row)));
    const product = await this.names.product(lot.gtin);
    await recorded;
    const active = holds.some(({ liftedIn }) => liftedIn === null);
    return { lotId: lot.id, open, gtin: lot.gtin, lot: lot.lot, expiry: lot.expiry, product, active, recalls };
  }

  /** Who has what of the lot now; null for those who may not know. */
  async whereabouts(asker: Asker, { lotId, open, gtin, lot }: RecalledLot): Promise<LotWhereabouts | null> {
    if (!open) return null;
    const rows = await this.whereaboutsStore.stock([lotId], null);
    const stock = await Promise.all(rows.map((row) => this.stockModel(row)));
    const owners = stock.map(({ site }) => site.organisationId);
    const recorded = this.record(asker, owners, 'RecalledLot.whereabouts', lgtinUri(gtin, lot));
    const onItsWay = stock.filter(({ life }) => life === 'in_transit').reduce((sum, { packs }) => sum + packs, 0);
    const inTransit = await this.whereaboutsStore.inTransit(lotId, onItsWay);
    const lines = await Promise.all(inTransit.slice(0, MOST_LINES).map((row) => this.inTransitModel(row)));
    await recorded;
    return {
      packs: stock.reduce((sum, { packs }) => sum + packs, 0),
      stock,
      inTransit: lines,
      moreInTransit: inTransit.length > MOST_LINES,
    };
  }

  /** The asker's own packs of each lot, in the order of the lots. */
  async affectedStock(actor: Actor, lotIds: readonly number[]): Promise<LotStock[][]> {
    const rows = await this.ownStock(actor, lotIds);
    const byLot = Map.groupBy(rows, ({ lotId }) => lotId);
    return Promise.all(lotIds.map((id) => Promise.all((byLot.get(id) ?? []).map((row) => this.stockModel(row)))));
  }

  /** Holds that concern the asker, the newest first; the page may be shorter than asked for while more follow. */
  async holds(
    asker: Asker,
    filter: { readonly active: boolean | null; readonly kind: HoldKind | null },
    before: number | undefined,
    first: number,
  ): Promise<Page<HoldModel>> {
    const { actor } = asker;
    const from = before ?? Number.MAX_SAFE_INTEGER;
    const found = await this.holdsStore.page(await this.scopeOf(actor), filter, from, first + 1);
    const shown = found.holds.slice(0, first);
    const owners = shown.map(({ openedBy }) => openedBy);
    const recorded = this.record(asker, owners, 'Query.holds', 'holds');
    const nodes = await Promise.all(shown.map((row) => holdModel(this.names, actor, row, row.insider)));
    await recorded;
    const end = found.stoppedAt ?? shown.at(-1)?.id;
    return {
      nodes,
      pageInfo: {
        hasNextPage: found.holds.length > first || found.stoppedAt !== null,
        endCursor: end === undefined ? null : encodeCursor(end),
      },
    };
  }

  private async scopeOf(actor: Actor): Promise<RecallScope> {
    const sites = await this.sites.ids(actor);
    return { all: seesAllTrails(actor), organisation: actor.organisationId, sites };
  }

  private async ownStock(actor: Actor, lotIds: readonly number[]): Promise<LotStockRow[]> {
    return this.whereaboutsStore.stock(lotIds, await this.sites.ids(actor));
  }

  private async recallModel(actor: Actor, row: HoldRow): Promise<Recall> {
    const hold = await holdModel(this.names, actor, row, true);
    return { lotId: row.lotId!, gtin: row.lotGtin!, lot: row.lot!, state: stateOf(row), hold };
  }

  private async stockModel({
    site,
    life,
    packs,
  }: LotStockRow): Promise<LotStock & { site: { organisationId: number } }> {
    const at = await this.names.site(site);
    return { organisation: await this.names.organisation(at.organisationId), site: at, life: lifeOf(life), packs };
  }

  private async inTransitModel(row: InTransitRow): Promise<LotInTransit> {
    const [from, to] = await Promise.all([this.names.site(row.fromSite), this.names.site(row.toSite)]);
    const { sscc, packs, position, shippedAt, hash, eventId } = row;
    return { sscc, packs, from, to, since: shippedAt, shipment: eventIdAt(position, hash, eventId), position };
  }

  private record(asker: Asker, ownerIds: readonly number[], operation: string, subject: string): Promise<void> {
    return this.accessTrail.record({ ...asker, ownerIds, operation, subject });
  }
}

function stateOf({ liftedIn, liftRequestedIn }: HoldRow): StateOfRecall {
  if (liftedIn !== null) return 'lifted';
  return liftRequestedIn === null ? 'in_force' : 'lift_requested';
}
