import { Injectable } from '@nestjs/common';
import type { Namespaces } from '../../../domain/epcis/context.js';
import { type Asker, scopeOf } from '../../../trace/events/events.service.js';
import { EventQueries } from '../queries/event-queries.js';
import type { SimpleEventQuery } from '../../../domain/epcis/query/index.js';
import { noSuch } from '../rest/epcis-problem.js';
import { Epcs } from './epcs.service.js';
import { VOCABULARIES } from './vocabularies.js';
import { VocabulariesStore } from './vocabularies.store.js';

/** Pages of a look whether any event has a value; after that it counts as there. */
const MOST_LOOKS = 5;

/** A page of a list of values. */
export interface ValuesPage {
  readonly members: readonly string[];
  readonly next: string | null;
}

/** What the events that somebody may see use: EPCs, types, steps, dispositions, places. */
@Injectable()
export class Vocabularies {
  constructor(
    private readonly store: VocabulariesStore,
    private readonly epcs: Epcs,
    private readonly queries: EventQueries,
  ) {}

  /** A page of one list. Throws NoSuchNameException for a list that there is not. */
  async page(asker: Asker, resource: string, cursor: string | undefined, perPage: number): Promise<ValuesPage> {
    if (resource === 'epcs') return this.epcs.page(asker, cursor, perPage);
    const { kind, standard } = vocabularyNamed(resource);
    const after = cursor ?? '';
    const used = await this.store.values(scopeOf(asker.actor), kind, after, perPage + 1);
    const words = [...standard.filter((word) => word > after), ...used].sort(byBytes);
    const members = words.slice(0, perPage);
    return { members, next: words.length > perPage ? members.at(-1)! : null };
  }

  /** The query for the events of one value; `raw` are further parameters of a URL. */
  queryOf(resource: string, value: string, raw: string, namespaces: Namespaces): SimpleEventQuery {
    const parameter = resource === 'epcs' ? 'MATCH_anyEPC' : vocabularyNamed(resource).parameter;
    return this.queries.parseUrl(raw, namespaces, { [parameter]: [value] });
  }

  /** Throws NoSuchNameException for a value that is neither of the standard nor in any event that the asker sees. */
  async mustBeThere(asker: Asker, resource: string, value: string, namespaces: Namespaces): Promise<void> {
    if (resource !== 'epcs' && vocabularyNamed(resource).standard.includes(value)) return;
    const query = this.queryOf(resource, value, '', namespaces);
    let cursor: string | undefined;
    for (let look = 0; look < MOST_LOOKS; look++) {
      const { events, next } = await this.queries.page(asker, query, { perPage: 1, cursor });
      if (events.length > 0) return;
      if (next === null) throw noSuch(`${resource}/${value.slice(0, 200)}`);
      cursor = next;
    }
  }

  /** Throws NoSuchNameException for a list that there is not. */
  mustBeResource(resource: string): void {
    if (resource !== 'epcs') vocabularyNamed(resource);
  }
}

function vocabularyNamed(resource: string) {
  const found = VOCABULARIES.get(resource);
  if (!found) throw noSuch(`resource ${resource.slice(0, 100)}`);
  return found;
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
