import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../access/access-trail.js';
import { canSeeTrail, seesAllTrails } from '../../access/policy.js';
import { lifeOf } from '../../domain/custody/life.js';
import { lgtinUri, sgtinUri, ssccUri } from '../../domain/gs1/epc.js';
import { parseSscc } from '../../domain/gs1/sscc.js';
import { PartnersDirectory } from '../../partners/partners-directory.js';
import { decodeCursor, encodeCursor, pageOf, type Page } from '../../platform/graphql/pagination.js';
import type { Asker } from '../events/events.service.js';
import { holdModel, isLotHold, type HoldRow } from '../holds.js';
import { Names } from '../names.service.js';
import { packNamed } from '../trace-refusals.js';
import { TrailsService, type History, type HistorySubject } from '../trails.service.js';
import type { Container, ContainerChild, Pack } from './packs.model.js';
import { PacksStore, type ChildRow, type PackRow, type Whereabouts } from './packs.store.js';

const NO_CONTAINER = '0';
const NO_PACK = ['0', ''] as const;

/** Packs and containers for those who hold or held them, and for overseers. */
@Injectable()
export class PacksService {
  constructor(
    private readonly store: PacksStore,
    private readonly trails: TrailsService,
    private readonly names: Names,
    private readonly directory: PartnersDirectory,
    private readonly accessTrail: AccessTrail,
  ) {}

  /** A pack; null where there is none that the asker holds or held. Throws EPC_INVALID. */
  async pack(asker: Asker, text: string): Promise<Pack | null> {
    const { gtin, serial, epc } = packNamed(text);
    const row = await this.store.pack(gtin, serial);
    if (!row) return null;
    const holds = await this.store.holds({ gtin, serial }, [row.lotId], row.containers);
    const lotClass = lgtinUri(gtin, row.lot);
    const history = this.history(asker, { epc, lotClass, extra: eventsOf(row, holds) });
    if (!(await this.maySee(asker, row, history))) return null;
    const owner = (await this.directory.findOwnerOfGtin(gtin))?.id;
    const recorded = this.record(asker, 'Query.pack', epc, [row.holder, owner]);
    const insider = row.holder === asker.actor.organisationId || owner === asker.actor.organisationId;
    const pack = {
      ...(await this.whereabouts(asker, row, holds, insider)),
      ...{ epc, gtin, serial, lot: row.lot, expiry: row.expiry, remaining: row.remaining, repeats: row.repeats },
      product: await this.names.product(gtin),
      traced: { asker, history },
    };
    await recorded;
    return pack;
  }

  /** A container; null where there is none that the asker holds or held. Throws SSCC_INVALID. */
  async container(asker: Asker, text: string): Promise<Container | null> {
    const sscc = parseSscc(text);
    const epc = ssccUri(sscc);
    const row = await this.store.container(sscc);
    if (!row) return null;
    const history = this.history(asker, { epc, extra: [row.createdIn] });
    if (!(await this.maySee(asker, row, history))) return null;
    const recorded = this.record(asker, 'Query.container', epc, [row.holder]);
    const open = row.holder === asker.actor.organisationId || seesAllTrails(asker.actor);
    const lots = open ? await this.store.contents(sscc) : null;
    const around = [sscc, ...row.containers];
    const holds = await this.store.holds(
      null,
      (lots ?? []).map(({ id }) => id),
      around,
    );
    const container = {
      ...(await this.whereabouts(asker, row, holds, open)),
      ...{ epc, sscc, lots, traced: { asker, history } },
    };
    await recorded;
    return container;
  }

  /** What is directly inside; null for those who only held it once. */
  async children(
    container: Container,
    after: string | null | undefined,
    first: number,
  ): Promise<Page<ContainerChild> | null> {
    if (container.lots === null) return null;
    const [sscc, gtin, serial] = decodeCursor(after, 'string', 'string', 'string') ?? [NO_CONTAINER, ...NO_PACK];
    const rows: ChildRow[] = [];
    if (gtin === NO_PACK[0]) rows.push(...(await this.store.containersInside(container.sscc, sscc, first + 1)));
    if (rows.length <= first) {
      rows.push(...(await this.store.packsInside(container.sscc, [gtin, serial], first + 1 - rows.length)));
    }
    return pageOf(
      rows,
      first,
      (row) => encodeCursor(row.sscc ?? NO_CONTAINER, row.gtin ?? NO_PACK[0], row.serial ?? NO_PACK[1]),
      (row) => ({ epc: row.sscc === null ? sgtinUri(row.gtin!, row.serial!) : ssccUri(row.sscc), packs: row.packs }),
    );
  }

  private history({ actor }: Asker, subject: HistorySubject): () => Promise<History> {
    let read: Promise<History> | undefined;
    return () => (read ??= this.trails.read(actor, subject));
  }

  /** The present holder is known without its history. */
  private async maySee({ actor }: Asker, { holder }: Whereabouts, history: () => Promise<History>): Promise<boolean> {
    if (canSeeTrail(actor, { holders: holder === null ? [] : [holder] })) return true;
    return canSeeTrail(actor, { holders: (await history()).holders });
  }

  private async whereabouts(asker: Asker, row: Whereabouts, holds: readonly HoldRow[], insider: boolean) {
    const { life, containers, shipment } = row;
    const inForce = holds.filter(({ liftedIn }) => liftedIn === null);
    return {
      life: lifeOf(life),
      holder: await this.names.organisationOrNull(row.holder),
      site: await this.names.siteOrNull(row.site),
      shipment,
      containers,
      holds: await Promise.all(inForce.map((hold) => holdModel(this.names, asker.actor, hold, insider))),
    };
  }

  private record(
    asker: Asker,
    operation: string,
    subject: string,
    owners: readonly (number | null | undefined)[],
  ): Promise<void> {
    const ownerIds = owners.filter((id) => id != null);
    return this.accessTrail.record({ ...asker, ownerIds, operation, subject });
  }
}

/** Events that the index does not have under the pack: its commissioning, and what became of its lot since. */
function eventsOf({ commissionedIn }: PackRow, holds: readonly HoldRow[]): number[] {
  const ofLot = holds
    .filter(isLotHold)
    .flatMap(({ openedIn, liftRequestedIn, liftedIn }) => [openedIn, liftRequestedIn, liftedIn])
    .filter((position) => position !== null && position > commissionedIn);
  return [commissionedIn, ...(ofLot as number[])];
}
