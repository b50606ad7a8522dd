import { Injectable } from '@nestjs/common';
import { AccessTrail } from '../access/access-trail.js';
import type { Actor } from '../access/actor.js';
import { eventView, trailView } from '../access/policy.js';
import { eventModel } from '../capture/captured-event.model.js';
import {
  holdersOf,
  tenuresOf,
  Trail,
  type EventFields,
  type TrailEvent,
  type TrailEntry,
  type TrailWindow,
} from '../domain/custody/trail.js';
import { invariant } from '../domain/errors.js';
import { CANONICAL_STEM, epcUri, parseEpc } from '../domain/gs1/epc.js';
import { erasedDocument } from '../capture/erased-event.js';
import { erasedFields } from './erased-fields.js';
import { factsOf, type Asker } from './events/events.service.js';
import { Names } from './names.service.js';
import { canonicalFields } from './canonical-fields.js';
import { gapModel } from './gaps/gap.model.js';
import type { TenureModel, TrailEntryModel } from './trail.model.js';
import { TrailsStore, type DeclarationRow, type GapRow, type TrailRow } from './trails.store.js';

interface ReadEvent {
  readonly capturedBy: number;
  readonly party: boolean;
  readonly document: Record<string, unknown>;
  /** What the trail is made from: the document, or what an erased event is known to have said. */
  readonly fields: EventFields;
  readonly erased: boolean;
  readonly foreign: TrailRow['foreign'];
  readonly gaps: GapRow[];
  readonly declarations: readonly DeclarationRow[];
}

/** Everything that happened to one pack or container. */
export interface History {
  readonly epc: string;
  readonly entries: readonly TrailEntry[];
  readonly holders: ReadonlySet<number>;
  readonly events: ReadonlyMap<number, ReadEvent>;
  readonly concerned: ReadonlySet<string>;
}

/** What a history is asked about: an EPC, its lot, and events that the index does not have under it. */
export interface HistorySubject {
  readonly epc: string;
  readonly lotClass?: string;
  readonly extra: readonly number[];
}

/** Containers within containers; a deeper one is a fault in the data. */
const MOST_ROUNDS = 20;
const EPC_LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList', 'halisi:missing', 'halisi:excess'];

/** Trails of packs and containers: read once, one statement for each level of packing, and shown as the policy says. */
@Injectable()
export class TrailsService {
  constructor(
    private readonly store: TrailsStore,
    private readonly names: Names,
    private readonly accessTrail: AccessTrail,
  ) {}

  /** Reads a whole history. Whoever shows it asks the policy first. */
  async read(actor: Actor, { epc, lotClass, extra }: HistorySubject): Promise<History> {
    const trail = new Trail(epc, lotClass);
    const events = new Map<number, ReadEvent>();
    for (let round = 0; trail.wanted().length > 0; round++) {
      invariant(round < MOST_ROUNDS, `${epc} is in containers without end`);
      const wanted = trail.wanted();
      const more = round === 0 ? extra : [];
      const rows = await this.store.windows(actor.organisationId, wanted, more, [...events.keys()]);
      for (const row of rows) noteEvent(events, row, wanted, { epc, lotClass });
      const trailEvents = rows.map((row) => ({
        windows: row.windows,
        event: trailEvent(row, events.get(row.position)!),
      }));
      trail.add(
        wanted.map((_, at) => trailEvents.filter(({ windows }) => windows.includes(at + 1)).map(({ event }) => event)),
      );
    }
    const entries = trail.entries();
    return { epc, entries, events, holders: holdersOf(entries), concerned: trail.concerned() };
  }

  /** The events of a history that the asker may see, as far as it may; the read of others' is recorded. */
  async entries(asker: Asker, history: History, operation: string): Promise<TrailEntryModel[]> {
    const shown = history.entries.flatMap((entry) => {
      const document = documentFor(asker.actor, history, entry.position);
      return document ? [{ entry, document }] : [];
    });
    const ownerIds = shown.map(({ entry }) => history.events.get(entry.position)!.capturedBy);
    const recorded = this.accessTrail.record({ ...asker, ownerIds, operation, subject: history.epc });
    const models = shown.map(async ({ entry, document }) => ({
      event: eventModel(entry.position, document),
      through: entry.through,
      ...reportOf(history.events.get(entry.position)!, entry.through),
      holder: await this.names.organisationOrNull(entry.holder),
      site: await this.names.siteAt(entry.place),
    }));
    return (await Promise.all([Promise.all(models), recorded]))[0];
  }

  /** Who held it from when to when; the read is recorded. */
  async tenures(asker: Asker, history: History, operation: string): Promise<TenureModel[]> {
    const timeOf = (position: number) => String(history.events.get(position)!.document['eventTime']);
    const recorded = this.accessTrail.record({ ...asker, ownerIds: history.holders, operation, subject: history.epc });
    const models = tenuresOf(history.entries).map(async ({ organisation, place, from, until }) => ({
      organisation: await this.names.organisation(organisation),
      site: await this.names.siteAt(place),
      since: timeOf(from),
      until: until === null ? null : timeOf(until),
    }));
    return (await Promise.all([Promise.all(models), recorded]))[0];
  }
}

/** An event as a trail reads it: what it changed nothing for is only a report. */
function trailEvent(
  { position, capturedBy }: TrailRow,
  { fields, foreign, gaps, declarations }: ReadEvent,
): TrailEvent {
  const undone = declarations.some(({ outcome }) => outcome === 'undone');
  const open = gaps.filter(({ resolvedIn }) => resolvedIn === null).map(({ epc }) => epc);
  const all = undone || (foreign !== null && foreign.declares !== null);
  return {
    ...{ position, capturedBy, event: fields },
    ...((all || open.length > 0) && { withoutEffect: all ? ('all' as const) : new Set(open) }),
    ...(foreign && { reportedOf: foreign.time }),
  };
}

/** What an entry says of an event of another system. */
function reportOf(
  { gaps, foreign, declarations }: ReadEvent,
  through: string,
): Pick<TrailEntryModel, 'gaps' | 'declares' | 'declarations'> {
  return {
    gaps: gaps.filter(({ epc }) => epc === through || !epc.startsWith(CANONICAL_STEM)).map(gapModel),
    declares: foreign === null || foreign.declares === null || foreign.declares < 0 ? null : foreign.declares,
    declarations: declarations.map(({ position, outcome, declaration }) => ({
      ...{ position, outcome },
      reason: declaration?.reason ?? null,
      correctiveEventIDs: declaration?.correctiveEventIDs ?? [],
    })),
  };
}

/** Keeps an event that was read. An erased one is known by its index rows, which come with each window anew. */
function noteEvent(
  events: Map<number, ReadEvent>,
  { position, capturedBy, party, body, erased, roles, windows, ...report }: TrailRow,
  wanted: readonly TrailWindow[],
  subject: { readonly epc: string; readonly lotClass: string | undefined },
): void {
  const { foreign } = report;
  const more = { foreign, gaps: [...(report.gaps ?? [])], declarations: report.declarations ?? [] };
  const known = events.get(position);
  if (body !== null) {
    const document = JSON.parse(body) as Record<string, unknown>;
    const fields = foreign === null ? (document as EventFields) : canonicalFields(document);
    events.set(position, { capturedBy, party, document, fields, erased: false, ...more });
  } else if (erased) {
    const named = (roles ?? []).map(([window, role]) => ({ epc: wanted[window - 1]!.epc, role }));
    const asked = windows.includes(1) ? subject : undefined;
    const fields = erasedFields(erased, named, asked, events.get(position)?.fields);
    events.set(position, {
      capturedBy,
      party,
      document: erasedDocument(position, erased),
      fields,
      erased: true,
      ...more,
    });
  } else if (known) {
    known.gaps.push(...more.gaps.filter(({ epc }) => !known.gaps.some((gap) => gap.epc === epc)));
  }
}

/** An event of a trail: as the policy shows it, its lists cut to what the trail is about. */
function documentFor(
  actor: Actor,
  { events, holders, concerned }: History,
  position: number,
): Record<string, unknown> | null {
  const event = events.get(position)!;
  const view = eventView(actor, factsOf(actor, event), { holders });
  if (view === 'hidden') return null;
  if (event.erased) return event.document;
  const concerns = (epc: string) => concerned.has(epcUri(parseEpc(epc)));
  if (view === 'trail') return trailView(event.document, concerns);
  const document = { ...event.document };
  for (const name of EPC_LISTS) {
    const list = document[name];
    if (Array.isArray(list)) document[name] = list.filter(concerns);
  }
  return document;
}
