import { parseEpc } from '../../domain/gs1/epc.js';
import type { Queryable } from '../../platform/database/database.js';
import { epcIndexKey } from '../seal.js';
import type { EventToStore } from '../write.store.js';
import type { ForeignJob } from '../job.js';
import { resolvePosition, type EventRef } from '../../domain/custody/world.js';
import { profileOf } from './identity.js';

/** An event of another system that has its name, and what its declaration of an error is about. */
export interface NamedForeign extends ForeignJob {
  /** Position of the event whose error it declares; NOT_THERE_YET where that has not come. */
  readonly declares: number | undefined;
  /** Position of the declaration of its error, which came before. */
  readonly declaredBy: number | undefined;
  /** What its declaration of an error did. */
  readonly outcome?: 'undone' | 'disputed';
}

/** Something that was open about a pack or container, and is decided, or taken back, by an event of the group. */
export interface Resolution {
  readonly position: number;
  readonly epc: string;
  readonly by: EventRef;
}

const SQL = {
  foreign: `insert into foreign_event (position, event_key, declares, profile, reference_hash, content, outcome)
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bytea[], $6::bytea[], $7::text[])`,
  documents: `insert into event_document (position, document) select * from unnest($1::bigint[], $2::bigint[])`,
  gaps: `insert into event_gap (position, epc, code, details, event_time, gtin, serial, sscc, opened_at)
    select *, $9::timestamptz from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[],
      $7::text[], $8::bigint[])`,
  resolved: `update event_gap set resolved_in = u.by, resolved_at = $4
    from unnest($1::bigint[], $2::text[], $3::bigint[]) as u (position, epc, by)
    where event_gap.position = u.position and event_gap.epc = u.epc and resolved_in is null`,
  named: `update event_gap set resolved_in = u.by, resolved_at = $3 from unnest($1::text[], $2::bigint[]) as u (epc, by)
    where event_gap.epc = u.epc and gtin is null and sscc is null and resolved_in is null and event_gap.position <> u.by`,
  found: `update foreign_event set declares = u.position, outcome = 'undone'
    from unnest($1::bigint[], $2::bigint[]) as u (declaration, position)
    where foreign_event.position = u.declaration and declares = -1`,
};

/** Stores what belongs to the events of other systems in a group: their identity, their document, and their gaps. */
export async function writeForeign(
  sql: Queryable,
  events: readonly EventToStore[],
  resolutions: readonly Resolution[],
  first: number,
  recordTime: string,
): Promise<void> {
  const rows = events.flatMap((event, ordinal) => (event.foreign ? [{ ...event, position: first + ordinal }] : []));
  const resolved = resolutions.length > 0 && writeResolutions(sql, resolutions, first, recordTime);
  if (rows.length === 0) return void (await resolved);
  const found = rows.filter(({ foreign }) => foreign!.declaredBy !== undefined);
  const inDocuments = rows.filter(({ foreign }) => foreign!.document !== null);
  await Promise.all([
    sql.execute('capture-foreign', SQL.foreign, [
      rows.map(({ position }) => position),
      rows.map(({ sealed }) => epcIndexKey(sealed.eventId)),
      rows.map(({ foreign }) => foreign!.declares ?? null),
      rows.map(({ foreign, sealed }) => profileOf(foreign!.identity, sealed.eventId)),
      rows.map(({ foreign }) => foreign!.identity.reference),
      rows.map(({ foreign }) => foreign!.identity.content),
      rows.map(({ foreign }) => foreign!.outcome ?? null),
    ]),
    resolved,
    sql.execute('capture-named-gaps', SQL.named, [
      rows.map(({ sealed }) => sealed.eventId),
      rows.map(({ position }) => position),
      recordTime,
    ]),
    found.length > 0 &&
      sql.execute('capture-declared', SQL.found, [
        found.map(({ foreign }) => foreign!.declaredBy),
        found.map(({ position }) => position),
      ]),
    inDocuments.length > 0 &&
      sql.execute('capture-documents', SQL.documents, [
        inDocuments.map(({ position }) => position),
        inDocuments.map(({ foreign }) => foreign!.document),
      ]),
    writeGaps(sql, rows, recordTime),
  ]);
}

async function writeResolutions(
  sql: Queryable,
  resolutions: readonly Resolution[],
  first: number,
  recordTime: string,
): Promise<void> {
  await sql.execute('capture-resolved', SQL.resolved, [
    resolutions.map(({ position }) => position),
    resolutions.map(({ epc }) => epc),
    resolutions.map(({ by }) => resolvePosition(by, first)),
    recordTime,
  ]);
}

async function writeGaps(
  sql: Queryable,
  rows: readonly (EventToStore & { readonly position: number })[],
  recordTime: string,
): Promise<void> {
  const gaps = rows.flatMap(({ position, decision }) =>
    (decision.gaps ?? []).map((gap) => ({
      ...gap,
      position,
      eventTime: decision.event.eventTime,
      thing: parseEpc(gap.epc),
    })),
  );
  if (gaps.length === 0) return;
  await sql.execute('capture-gaps', SQL.gaps, [
    gaps.map(({ position }) => position),
    gaps.map(({ epc }) => epc),
    gaps.map(({ code }) => code),
    gaps.map(({ message }) => message),
    gaps.map(({ eventTime }) => eventTime),
    gaps.map(({ thing }) => (thing.kind === 'sgtin' ? thing.gtin : null)),
    gaps.map(({ thing }) => (thing.kind === 'sgtin' ? thing.serial : null)),
    gaps.map(({ thing }) => (thing.kind === 'sscc' ? thing.sscc : null)),
    recordTime,
  ]);
}
