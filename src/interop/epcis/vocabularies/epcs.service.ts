import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../../../access/access-trail.js';
import { epcIndexKey } from '../../../capture/seal.js';
import { canonicalIdentifier } from '../../../domain/epcis/identifiers.js';
import { type Asker, scopeOf, seenEvent } from '../../../trace/events/events.service.js';
import type { StoredEvent } from '../../../trace/events/events.store.js';
import { EpcsStore } from './epcs.store.js';

/** Events that one page looks at, at most: it may be short, or empty, while more follow. */
const MOST_EVENTS = 200;

/** Where a list goes on: at an event, after so many of its EPCs. */
interface Place {
  readonly position: number;
  readonly skip: number;
}

/** The EPCs that the events of an organisation name: each once, at the newest event that names it, the newest first. */
@Injectable()
export class Epcs {
  constructor(
    private readonly store: EpcsStore,
    private readonly trail: AccessTrail,
  ) {}

  async page(asker: Asker, cursor: string | undefined, perPage: number) {
    const epcs = new Set<string>();
    const ownerIds = new Set<number>();
    let at: Place | null = placeOf(cursor);
    for (let looks = 0; looks < MOST_EVENTS && at !== null && epcs.size < perPage; looks++) {
      const stored: StoredEvent | undefined = await this.store.newest(scopeOf(asker.actor), at.position);
      at = stored ? await this.list(asker, stored, at, epcs, perPage) : null;
      if (stored) ownerIds.add(stored.capturedBy);
    }
    await this.trail.record({ ...asker, ownerIds, operation: 'GET /epcis/epcs', subject: 'epcs' });
    return { members: [...epcs], next: at === null ? null : `${at.position}.${at.skip}` };
  }

  /** Adds what one event names and no newer one does; answers where to go on. */
  private async list(asker: Asker, stored: StoredEvent, at: Place, into: Set<string>, most: number): Promise<Place> {
    const epcs = epcsOf(asker, stored);
    const keys = epcs.map(keyOf);
    const known = keys.filter((key) => key !== undefined);
    const later = await this.store.namedLater(scopeOf(asker.actor), known, stored.position);
    for (let index = at.position === stored.position ? at.skip : 0; index < epcs.length; index++) {
      if (into.size >= most) return { position: stored.position, skip: index };
      const key = keys[index];
      if (key === undefined || !later.has(key)) into.add(epcs[index]!);
    }
    return { position: stored.position - 1, skip: 0 };
  }
}

function placeOf(cursor: string | undefined): Place {
  const [position, skip] = (cursor ?? `${Number.MAX_SAFE_INTEGER}.0`).split('.').map(Number);
  return { position: position!, skip: skip! };
}

const LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const;

/** Every EPC of an instance that this reader sees an event name, each once. */
function epcsOf({ actor }: Asker, stored: StoredEvent): string[] {
  const document = (stored.body === null ? null : seenEvent(actor, stored))?.document ?? {};
  const named = [document['parentID'], ...LISTS.flatMap((name) => (document[name] as unknown[] | undefined) ?? [])];
  return [...new Set(named.filter((epc): epc is string => typeof epc === 'string'))];
}

/** Its key in the index of EPCs; undefined for what the index does not have. */
function keyOf(epc: string): string | undefined {
  const canonical = canonicalIdentifier(epc);
  return canonical === undefined ? undefined : epcIndexKey(canonical);
}
