import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { personOf, type Actor } from '../../access/actor.js';
import { canSeeEvent } from '../../access/policy.js';
import type { ReasonOfErasure } from '../../capture/erased-event.js';
import { SECRET_BYTES } from '../../domain/receipt/commitment.js';
import { epcUri, parseEpc } from '../../domain/gs1/epc.js';
import { PartnersDirectory } from '../../partners/partners-directory.js';
import { Database, type Queryable } from '../../platform/database/database.js';
import { sealErasure, type ErasureRecord } from './erasure-record.js';
import { ErasureRefusedError } from './erasure-refusals.js';
import { mayErase, mayOverride } from './erasure-rules.js';
import { erasableAt, eraseEvent, namedIn, type Erasable } from './erasure.store.js';
import { checkNote, noteOf } from './note.js';

/** Which event is to go, and why. */
export interface ErasureRequest {
  readonly position: number;
  readonly reason: ReasonOfErasure;
  readonly note?: string | null | undefined;
}

/** An event that is erased. */
export interface Erased {
  readonly record: ErasureRecord;
  /** GLN of the organisation that erased it. */
  readonly by: string;
  /** Place in the log of the entry that commits to the record. */
  readonly loggedIn: number;
  /** True where it had been erased before. */
  readonly duplicate: boolean;
}

/** Destroys the content of events: design part 5, docs/decisions/0011-erasure.md. */
@Injectable()
export class Erasing {
  constructor(
    private readonly database: Database,
    private readonly directory: PartnersDirectory,
  ) {}

  /**
   * Erases an event, or answers how it was erased before. Throws ErasureRefusedError: EVENT_NOT_FOUND also for an event that
   * the actor may not see, ERASURE_NOT_ALLOWED, ERASURE_BLOCKED, NOTE_INVALID, NOTE_REPEATS_DATA.
   */
  async erase(actor: Actor, request: ErasureRequest): Promise<Erased> {
    const person = personOf(actor);
    if (person === undefined) throw notAllowed('A person erases an event, not a machine.');
    const note = noteOf(request.note);
    const organisation = await this.directory.findOrganisation(actor.organisationId);
    const by = { person, gln: organisation!.gln };
    return this.database.transaction((tx) => this.within(tx, actor, { ...request, note, ...by }));
  }

  private async within(
    tx: Queryable,
    actor: Actor,
    request: ErasureRequest & { readonly note: string | undefined; readonly person: number; readonly gln: string },
  ): Promise<Erased> {
    const { position, reason, note, person, gln } = request;
    const found = await this.permitted(tx, actor, position, reason);
    if (found.body === null || found.hash === null) return erasedBefore(found, position);
    const event = JSON.parse(found.body) as Record<string, unknown>;
    checkNote(note, event);
    const epcs = epcsIn(event);
    const facts = {
      ...{ position, reason, person, gln, commitment: found.commitment },
      ...(note !== undefined && { note }),
      erasedAt: new Date().toISOString(),
      namedIn: await namedIn(tx, position, String(event['eventID']), epcs),
    };
    const sealed = sealErasure(facts, randomBytes(SECRET_BYTES));
    const outcome = await eraseEvent(tx, {
      ...{ sealed, organisation: actor.organisationId, hash: found.hash, byOrder: mayOverride(actor, reason) },
      ...{ parent: canonical(textOf(event['parentID'])), place: placeOf(event), ...thingsAmong(epcs) },
    });
    if (outcome === 'on_hold' || outcome === 'on_its_way') throw blocked(outcome);
    const after = await erasableAt(tx, position, actor.organisationId);
    return { ...erasedBefore(after!, position), duplicate: outcome === 'before' };
  }

  private async permitted(tx: Queryable, actor: Actor, position: number, reason: ReasonOfErasure): Promise<Erasable> {
    const found = await erasableAt(tx, position, actor.organisationId);
    if (!found || !canSeeEvent(actor, found)) throw notFound(position);
    if (mayErase(actor, found.capturedBy, reason)) return found;
    throw notAllowed(
      'Whoever captured an event erases it; the regulator’s responsible person does by order of a court, and what the public reported.',
    );
  }
}

function erasedBefore({ record, loggedIn, erased }: Erasable, position: number): Erased {
  if (record === null || loggedIn === null || erased === null) throw notFound(position);
  return { record: JSON.parse(record) as ErasureRecord, by: erased.by, loggedIn, duplicate: true };
}

const EPC_LISTS = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList', 'halisi:missing', 'halisi:excess'];

function epcsIn(event: Record<string, unknown>): string[] {
  const listed = EPC_LISTS.flatMap((name) => (event[name] as string[] | undefined) ?? []);
  const parent = textOf(event['parentID']);
  return (parent === null ? listed : [parent, ...listed]).map((uri) => epcUri(parseEpc(uri)));
}

function thingsAmong(epcs: readonly string[]): {
  packs: { gtin: string; serial: string }[];
  containers: string[];
} {
  const parsed = epcs.map(parseEpc);
  return {
    packs: parsed.flatMap((epc) => (epc.kind === 'sgtin' ? [{ gtin: epc.gtin, serial: epc.serial }] : [])),
    containers: parsed.flatMap((epc) => (epc.kind === 'sscc' ? [epc.sscc] : [])),
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function placeOf(event: Record<string, unknown>): string | null {
  const place = (event['bizLocation'] ?? event['readPoint']) as { id?: unknown } | undefined;
  return canonical(textOf(place?.id));
}

const canonical = (uri: string | null): string | null => (uri === null ? null : epcUri(parseEpc(uri)));

const notFound = (position: number): ErasureRefusedError =>
  new ErasureRefusedError('EVENT_NOT_FOUND', `There is no event at position ${position}.`);

const notAllowed = (message: string): ErasureRefusedError => new ErasureRefusedError('ERASURE_NOT_ALLOWED', message);

const WHAT_RESTS: Readonly<Record<'on_hold' | 'on_its_way', string>> = {
  on_hold: 'A hold in force was opened by it, or is on a pack or container that it names: end the hold first.',
  on_its_way: 'A shipment that it made is still open: it is erased after the receipt.',
};

const blocked = (why: 'on_hold' | 'on_its_way'): ErasureRefusedError =>
  new ErasureRefusedError('ERASURE_BLOCKED', `Something open rests on this event. ${WHAT_RESTS[why]}`, { why });
