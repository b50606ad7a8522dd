import { parseEpc } from '../../domain/gs1/epc.js';
import type { Queryable } from '../../platform/database/database.js';
import { epcIndexKey } from '../seal.js';
import type { EventToStore } from '../write.store.js';
import { profileOf } from './identity.js';

const SQL = {
  foreign: `insert into foreign_event (position, event_key, declares, profile, reference_hash, content)
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bytea[], $6::bytea[])`,
  documents: `insert into event_document (position, document) select * from unnest($1::bigint[], $2::bigint[])`,
  gaps: `insert into event_gap (position, epc, code, details, event_time, gtin, serial, sscc, opened_at)
    select *, $9::timestamptz from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[],
      $7::text[], $8::bigint[])`,
};

/** Stores what belongs to the events of other systems in a group: their identity, their document, and their gaps. */
export async function writeForeign(
  sql: Queryable,
  events: readonly EventToStore[],
  first: number,
  recordTime: string,
): Promise<void> {
  const rows = events.flatMap((event, ordinal) => (event.foreign ? [{ ...event, position: first + ordinal }] : []));
  if (rows.length === 0) return;
  const inDocuments = rows.filter(({ foreign }) => foreign!.document !== null);
  await Promise.all([
    sql.execute('capture-foreign', SQL.foreign, [
      rows.map(({ position }) => position),
      rows.map(({ sealed }) => epcIndexKey(sealed.eventId)),
      rows.map(({ foreign }) => foreign!.declares ?? null),
      rows.map(({ foreign, sealed }) => profileOf(foreign!.identity, sealed.eventId)),
      rows.map(({ foreign }) => foreign!.identity.reference),
      rows.map(({ foreign }) => foreign!.identity.content),
    ]),
    inDocuments.length > 0 &&
      sql.execute('capture-documents', SQL.documents, [
        inDocuments.map(({ position }) => position),
        inDocuments.map(({ foreign }) => foreign!.document),
      ]),
    writeGaps(sql, rows, recordTime),
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
