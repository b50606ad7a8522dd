import type { Act, Decision, Reference, Repeated } from '../domain/custody/act.js';
import { decide, type Command } from '../domain/custody/decide.js';
import { repeatsSoFar } from '../domain/custody/steps/dispensing.js';
import { pendingRef, type World } from '../domain/custody/world.js';
import type { EpcisEvent } from '../domain/epcis/event.js';
import { DomainError, invariant } from '../domain/errors.js';
import type { Database, Queryable, Tx } from '../platform/database/database.js';
import { addNeeds, noNeeds } from './needs.js';
import { ERASED_COLUMN, erasedDocument, eventIdAt, EventErasedError, type ErasedEvent } from './erased-event.js';
import { eventIdOf, seal } from './seal.js';
import { loadWorld } from './world.store.js';
import { writeEvents, writeSlips, writeState, type EventToStore, type Slip } from './write.store.js';

/** One request on its way through the write path. */
export interface Job {
  readonly request: string;
  readonly command: Command;
  readonly act: Omit<Act, 'recordTime'>;
  readonly person: number | null;
}

/** An event that is stored, durable and in the log. */
export interface Captured {
  readonly position: number;
  readonly eventId: string;
  readonly event: EpcisEvent;
  /** True when the same request had stored it before. */
  readonly duplicate: boolean;
  /** How often this was presented again, where no event was made of it; `position` is the event that it repeats. */
  readonly repeats?: Repeats;
  /** True where the content of the earlier event was erased: `event` is what is left. */
  readonly erased?: true;
}

export type Repeats = Omit<Repeated, 'repeatOf'>;

export type Outcome = { readonly captured: Captured } | { readonly refused: DomainError };

/** Partners as the rules see them, and a way to fetch the sites that only the loaded rows name. */
export interface GroupReference extends Reference {
  know(sites: Iterable<number>): Promise<void>;
}

/** Sites of other partners that a decision may have to name: where shipments come from, and where packs are. */
function* sitesIn(world: World): Iterable<number> {
  for (const { fromSite, toSite } of world.shipments.values()) yield* [fromSite, toSite];
  for (const { site } of world.items.values()) if (site !== null) yield site;
}

/**
 * Decides and stores a group of requests in one transaction; answers one outcome each, in order. A refused request leaves
 * the others alone. Throws, with nothing stored, when the database refuses the whole group: a duplicate or a deadlock with
 * another process, or a lost connection.
 */
export async function runGroup(
  database: Database,
  log: number,
  jobs: readonly Job[],
  reference: GroupReference,
): Promise<Outcome[]> {
  return database.transaction(async (sql) => {
    const needs = noNeeds();
    for (const { command } of jobs) addNeeds(needs, command);
    const { world, rest } = await loadWorld(sql, needs);
    // After the locks: a twin of one of these requests, under way in another lane, is committed by now.
    const [known] = await Promise.all([storedBefore(sql, jobs), rest]);
    await reference.know(sitesIn(world));
    const recordTime = new Date().toISOString();
    const group = new Group(world, reference, recordTime, known);
    const answers = jobs.map((job) => group.decide(job));
    await group.store(sql, log);
    const repeated = await eventsAt(
      sql,
      answers.flatMap((answer) => ('earlier' in answer && answer.earlier >= 0 ? [answer.earlier] : [])),
    );
    return answers.map((answer) => group.outcome(answer, repeated));
  });
}

type Answer =
  | { readonly ordinal: number; readonly duplicate: boolean }
  | { readonly earlier: number; readonly repeats?: Repeats }
  | { readonly refused: DomainError };

const answerOf = ({ repeatOf, ...repeats }: Repeated): Answer => ({ earlier: repeatOf, repeats });

class Group {
  private readonly events: EventToStore[] = [];
  private readonly slips: Slip[] = [];
  private readonly answers = new Map<string, Answer>();
  private first = -1;
  private touched = false;

  constructor(
    private readonly world: World,
    private readonly reference: Reference,
    private readonly recordTime: string,
    private readonly known: StoredBefore,
  ) {}

  decide(job: Job): Answer {
    const earlier = this.known.positions.get(job.request);
    if (earlier !== undefined) return this.answerAgain(job, earlier);
    if (this.known.erased.has(job.request)) return { refused: wasErased(job) };
    const twin = this.answers.get(job.request);
    if (twin) return 'ordinal' in twin ? { ...twin, duplicate: true } : twin;
    const answer = this.decideNew(job);
    this.answers.set(job.request, answer);
    return answer;
  }

  /** A slip that is reported twice counts once. */
  private answerAgain({ command, act }: Job, earlier: number): Answer {
    const repeats = command.step === 'repeating' ? repeatsSoFar(this.world, command, act) : undefined;
    return repeats?.repeatOf === earlier ? answerOf(repeats) : { earlier };
  }

  private decideNew(job: Job): Answer {
    const ordinal = this.events.length;
    const act = { ...job.act, recordTime: this.recordTime };
    let decision: Decision | Repeated;
    try {
      decision = decide(this.world, job.command, act, this.reference, ordinal);
    } catch (error) {
      if (error instanceof DomainError) return { refused: error };
      throw error;
    }
    this.touched = true;
    if ('repeatOf' in decision) {
      this.slips.push({ request: job.request, repeatOf: decision.repeatOf });
      return answerOf(decision);
    }
    const eventId = eventIdOf(decision.event);
    const eventTime = Date.parse(decision.event.eventTime);
    const units = decision.event['halisi:units'] as number | undefined;
    this.world.events.set(pendingRef(ordinal), { eventId, eventTime, ...(units !== undefined && { units }) });
    this.events.push({
      sealed: seal(decision.event, eventId),
      decision,
      organisation: job.act.organisation,
      person: job.person,
      request: job.request,
    });
    return { ordinal, duplicate: false };
  }

  async store(sql: Tx, log: number): Promise<void> {
    if (!this.touched) return;
    if (this.events.length > 0) this.first = await writeEvents(sql, log, this.events, this.recordTime);
    sql.leave(writeSlips(sql, this.slips, this.first));
    sql.leave(writeState(sql, this.world, this.first, this.recordTime));
  }

  outcome(answer: Answer, stored: ReadonlyMap<number, Captured>): Outcome {
    if ('refused' in answer) return answer;
    if ('ordinal' in answer) return { captured: this.made(answer.ordinal, answer.duplicate) };
    // A negative reference is an event of this very group.
    const captured = answer.earlier < 0 ? this.made(-answer.earlier - 1, true) : stored.get(answer.earlier)!;
    if (answer.repeats !== undefined) return { captured: { ...captured, repeats: answer.repeats } };
    return captured.erased === true ? { refused: erasedMeanwhile(captured.position) } : { captured };
  }

  private made(ordinal: number, duplicate: boolean): Captured {
    const { eventId, event } = this.events[ordinal]!.sealed;
    return { position: this.first + ordinal, eventId, event, duplicate };
  }
}

interface StoredBefore {
  /** The positions of events that requests stored before. */
  readonly positions: ReadonlyMap<string, number>;
  /** Requests of an organisation that erased an event of the very same time. */
  readonly erased: ReadonlySet<string>;
}

// One statement, so one snapshot: an erasure removes the request in the commit that stores the erased act.
const STORED_BEFORE = `select request, position from capture_request where request = any($1::uuid[])
  union all
  select k.request, null from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as k (request, organisation, event_time)
  where (select exists (select from erasure))
    and exists (select from erasure x where x.captured_by = k.organisation and x.event_time = k.event_time offset 0)`;

async function storedBefore(sql: Queryable, jobs: readonly Job[]): Promise<StoredBefore> {
  const rows = await sql.query<{ request: string; position: number | null }>('capture-requests', STORED_BEFORE, [
    jobs.map(({ request }) => request),
    jobs.map(({ act }) => act.organisation),
    jobs.map(({ act }) => act.eventTime),
  ]);
  const positions = rows.flatMap(({ request, position }) => (position === null ? [] : [[request, position] as const]));
  return {
    positions: new Map(positions),
    erased: new Set(rows.flatMap(({ request, position }) => (position === null ? [request] : []))),
  };
}

/** Nothing of an erased request is kept that could recognise it, but its organisation and its time. */
const wasErased = ({ act }: Job): EventErasedError =>
  new EventErasedError(
    'EVENT_ERASED',
    `An event of yours of ${act.eventTime} was erased and is not stored again. If this is another one, give it a time of its own.`,
  );

const erasedMeanwhile = (position: number): EventErasedError =>
  new EventErasedError('EVENT_ERASED', `The event at position ${position}, which this request had stored, was erased.`);

async function eventsAt(sql: Queryable, positions: readonly number[]): Promise<Map<number, Captured>> {
  if (positions.length === 0) return new Map();
  type Stored = { position: number; hash: Buffer | null; body: string | null; erased: ErasedEvent | null };
  const rows = await sql.query<Stored>(
    'capture-stored-events',
    `select e.position, e.hash, e.body, ${ERASED_COLUMN} from event e where e.position = any($1::bigint[])`,
    [positions],
  );
  return new Map(rows.map((row) => [row.position, storedEvent(row)]));
}

function storedEvent(row: {
  position: number;
  hash: Buffer | null;
  body: string | null;
  erased: ErasedEvent | null;
}): Captured {
  const { position, hash, body, erased } = row;
  const eventId = eventIdAt(position, hash);
  if (body !== null) return { position, eventId, event: JSON.parse(body) as EpcisEvent, duplicate: true };
  invariant(erased, `the event at position ${position} has neither a body nor an erasure`);
  const event = erasedDocument(position, erased) as unknown as EpcisEvent;
  return { position, eventId, event, duplicate: true, erased: true };
}
