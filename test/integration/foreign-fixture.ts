import type { Actor } from '../../src/access/actor.js';
import type { CaptureReference } from '../../src/capture/capture-reference.js';
import { CaptureModes } from '../../src/capture/foreign/capture-modes.js';
import type { DocumentOutcome } from '../../src/capture/foreign/document.js';
import { ForeignCapture } from '../../src/capture/foreign/foreign-capture.service.js';
import { GTIN, roleAt, SITES, type SiteName } from '../../src/domain/custody/testing/small-world.js';
import type { EpcisEvent } from '../../src/domain/epcis/event.js';
import { validateEvent } from '../../src/domain/epcis/validate-event.js';
import { epcUrnOf, placeUrn } from '../../src/domain/custody/testing/foreign-events.js';
import { TwoProcesses } from './capture-fixture.js';

export { epcUrnOf, placeUrn };

/** The two processes, each with the door for documents of other systems. */
export class ForeignWorld {
  private readonly doors: readonly ForeignCapture[];

  constructor(readonly world: TwoProcesses) {
    this.doors = world.services.map((service, at) => {
      const reference = { ...world.reference, prepareForeign: () => Promise.resolve() } as unknown as CaptureReference;
      return new ForeignCapture(service, reference, new CaptureModes(world.databases[at]!));
    });
  }

  /** Hands in a document in batches; an event that is not valid is a fault of the test. */
  document(
    site: SiteName,
    events: readonly object[],
    {
      behaviour = 'rollback' as 'rollback' | 'proceed',
      process = 0 as 0 | 1,
      batch = 100,
      document = null as number | null,
    } = {},
  ): Promise<DocumentOutcome> {
    async function* batches() {
      for (let at = 0; at < events.length; at += batch) {
        await Promise.resolve();
        yield events.slice(at, at + batch).map((event, offset) => {
          const validation = validateEvent(event);
          if (!validation.valid) throw new Error(JSON.stringify(validation.problems));
          return { index: at + offset, event: event as EpcisEvent };
        });
      }
    }
    return this.doors[process]!.captureDocument({ actor: actorAt(site), events: batches(), behaviour, document });
  }

  async rows<T>(sql: string): Promise<T[]> {
    return (await this.world.owner.query(sql)).rows as T[];
  }

  /** State of the packs, by serial number. */
  packs = () =>
    this.rows<{ serial: string; life: number; holder: number | null; site: number | null; parent: string | null }>(
      `select serial, life, holder, site, parent from item where gtin = ${Number(GTIN)} order by serial`,
    );

  openGaps = () =>
    this.rows<{ position: number; epc: string; code: string }>(
      'select position::int, epc, code from event_gap where resolved_in is null order by position, epc',
    );
}

function actorAt(site: SiteName): Actor {
  return {
    organisationId: SITES[site].organisationId,
    organisationRole: roleAt(site),
    subject: { kind: 'client', id: 1 },
    roles: ['operator'],
    tokenId: 'x',
  };
}
