import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../../platform/database/database.js';
import type { GapRow } from '../trails.store.js';

export interface OpenGapRow extends Row, GapRow {
  readonly position: number;
  readonly capturedBy: number;
}

const COLUMNS = `g.position, g.epc, g.code, g.details, g.opened_at as "openedAt", g.resolved_in as "resolvedIn",
  g.resolved_at as "resolvedAt"`;

const SQL = {
  ofEpc: `select ${COLUMNS}, e.captured_by as "capturedBy" from event_gap g join event e using (position)
    where g.resolved_in is null and (g.gtin = $1 and g.serial = $2 or g.sscc = $3) order by g.position limit 100`,
  open: `select ${COLUMNS}, e.captured_by as "capturedBy" from event_gap g join event e using (position)
    where g.resolved_in is null and ($1::int is null or e.captured_by = $1)
      and row(g.position, g.epc) < row($2::bigint, $3::text) order by g.position desc, g.epc desc limit $4`,
};

/** What is open of reported events. */
@Injectable()
export class GapsStore {
  constructor(private readonly database: Database) {}

  ofThing(gtin: string | null, serial: string | null, sscc: string | null): Promise<OpenGapRow[]> {
    return this.database.query<OpenGapRow>('trace-gaps', SQL.ofEpc, [gtin, serial, sscc]);
  }

  /** Of the events that one organisation captured, or of all: those below a place, the newest first. */
  open(organisation: number | null, below: readonly [number, string], limit: number): Promise<OpenGapRow[]> {
    return this.database.query<OpenGapRow>('trace-open-gaps', SQL.open, [organisation, ...below, limit]);
  }
}
