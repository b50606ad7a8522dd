import { partyTerm, termKey } from '../../capture/search-terms.js';
import { epcIndexKey } from '../../capture/seal.js';
import { lookupsOf, type Lookup, type SimpleEventQuery, type Vocabulary } from '../../domain/epcis/query/index.js';
import { parseEpc } from '../../domain/gs1/epc.js';
import type { Scope } from '../events/events.store.js';
import type { Names, Search } from './statements.js';

/** How the index is asked for the events of a query. */
export interface SearchPlan {
  readonly search: Search;
  /** Null where the query names neither EPCs nor eventIDs. */
  readonly names: Names | null;
}

const ALWAYS = { from: '-infinity', until: 'infinity' };
/** Years that PostgreSQL's and JavaScript's clocks both know. */
const timestamp = (ms: number): string => new Date(ms).toISOString();

/** What of a query the index answers for somebody: a superset of what the query finds. */
export function searchPlan(query: SimpleEventQuery, { organisation, all }: Scope, vocabulary: Vocabulary): SearchPlan {
  const lookups = lookupsOf(query, vocabulary);
  const groups = lookups.flatMap((lookup) => (lookup.by === 'terms' ? [lookup.any.map(termKey)] : []));
  const named = fewest(lookups);
  return {
    search: {
      key: query.orderBy === 'eventTime' ? 'event_time' : 'recorded_at',
      ascending: query.ascending,
      groups: all ? groups : [[termKey(partyTerm(organisation))], ...groups],
      times: { event_time: bounds(lookups, 'eventTime'), recorded_at: bounds(lookups, 'recordTime') },
    },
    names: named && {
      keys: named.map(epcIndexKey),
      packs: named.map(parseEpc).filter((epc) => epc.kind === 'sgtin'),
    },
  };
}

/** Of the conditions on EPCs and eventIDs, the one that names the fewest. */
function fewest(lookups: readonly Lookup[]): readonly string[] | null {
  const named = lookups.flatMap((lookup) => (lookup.by === 'epcs' || lookup.by === 'eventIDs' ? [lookup.any] : []));
  return named.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

/** Times in the index have milliseconds as the query's have; a bound that rounds is widened. */
function bounds(lookups: readonly Lookup[], by: 'eventTime' | 'recordTime'): { from: string; until: string } {
  let { from, until } = ALWAYS;
  for (const lookup of lookups) {
    if (lookup.by !== by) continue;
    if (lookup.from !== undefined) from = later(from, timestamp(lookup.from - 1));
    if (lookup.until !== undefined) until = earlier(until, timestamp(lookup.until + 1));
  }
  return { from, until };
}

const later = (one: string, other: string): string => (one === '-infinity' || one < other ? other : one);
const earlier = (one: string, other: string): string => (one === 'infinity' || one > other ? other : one);
