import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { searchKeys } from '../../capture/search-terms.js';
import { Database } from '../../platform/database/database.js';
import { Log } from '../../platform/logging.js';

const BATCH = 500;

const NEXT = `select m.log, m.until, e.position, e.recorded_at, e.event_time, e.captured_by, e.body,
    array(select organisation_id from event_party p where p.position = e.position) as parties
  from event_search_missing m left join lateral (
    select * from event where position >= m.next and position < m.until and body is not null order by position limit ${BATCH}) e on true
  order by m.log, e.position limit ${BATCH}`;

const INSERT = `insert into event_search (position, recorded_at, event_time, terms)
  select position, recorded_at, event_time, terms::bigint[]
  from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[]) as x (position, recorded_at, event_time, terms)
  where exists (select from event where event.position = x.position and event.body is not null)
  on conflict do nothing`;

/** Puts events of before the index into it, before the first query is answered. */
@Injectable()
export class SearchBackfill implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    @Inject(Log) private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    let filled = 0;
    for (let count = await this.batch(); count !== undefined; count = await this.batch()) filled += count;
    if (filled > 0) this.log.pino.info({ filled }, 'Events of before the index of events are in it.');
  }

  /** How many were put in; undefined where nothing is missing. */
  private async batch(): Promise<number | undefined> {
    type Line = Record<string, unknown> & {
      log: number;
      until: number;
      position: number | null;
      recorded_at: Date;
      event_time: Date;
      captured_by: number;
      body: string;
      parties: number[];
    };
    const rows = await this.database.query<Line>('search-backfill-next', NEXT);
    const [first] = rows;
    if (first === undefined) return undefined;
    const found = rows.filter(({ log, position }) => log === first.log && position !== null);
    if (found.length > 0) {
      await this.database.execute('search-backfill-insert', INSERT, [
        found.map(({ position }) => position),
        found.map(({ recorded_at: at }) => at),
        found.map(({ event_time: at }) => at),
        found.map(({ body, captured_by: by, parties }) => searchKeys(JSON.parse(body) as object, [by, ...parties])),
      ]);
    }
    const next = found.at(-1)?.position;
    if (next === undefined || next === null) {
      await this.database.execute('search-backfill-done', 'delete from event_search_missing where log = $1', [
        first.log,
      ]);
    } else {
      const text = 'update event_search_missing set next = greatest(next, $2) where log = $1';
      await this.database.execute('search-backfill-moved', text, [first.log, next + 1]);
    }
    return found.length;
  }
}
