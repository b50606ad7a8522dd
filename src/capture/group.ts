import type { Act, Decision, Reference, Repeated } from '../domain/custody/act.js';
import { decide, type Command } from '../domain/custody/decide.js';
import { repeatsSoFar } from '../domain/custody/steps/dispensing.js';
import { pendingRef, type World } from '../domain/custody/world.js';
import type { EpcisEvent } from '../domain/epcis/event.js';
import { DomainError } from '../domain/errors.js';
import type { Database, Queryable, Tx } from '../platform/database/database.js';
import { addNeeds, noNeeds } from './needs.js';
import { eventIdOf, eventIdOfHash, seal } from './seal.js';
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
    const requests = jobs.map(({ request }) => request);
    const [known] = await Promise.all([storedBefore(sql, requests), rest]);
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
    private readonly known: ReadonlyMap<string, number>,
  ) {}

  decide(job: Job): Answer {
    const earlier = this.known.get(job.request);
    if (earlier !== undefined) return this.answerAgain(job, earlier);
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
    return { captured: answer.repeats === undefined ? captured : { ...captured, repeats: answer.repeats } };
  }

  private made(ordinal: number, duplicate: boolean): Captured {
    const { eventId, event } = this.events[ordinal]!.sealed;
    return { position: this.first + ordinal, eventId, event, duplicate };
  }
}

/** The positions of events that these requests stored before. */
async function storedBefore(sql: Queryable, requests: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ request: string; position: number }>(
    'capture-requests',
    'select request, position from capture_request where request = any($1::uuid[])',
    [requests],
  );
  return new Map(rows.map(({ request, position }) => [request, position]));
}

async function eventsAt(sql: Queryable, positions: readonly number[]): Promise<Map<number, Captured>> {
  if (positions.length === 0) return new Map();
  const rows = await sql.query<{ position: number; hash: Buffer; body: string }>(
    'capture-stored-events',
    'select position, hash, body from event where position = any($1::bigint[])',
    [positions],
  );
  return new Map(
    rows.map(({ position, hash, body }) => [
      position,
      { position, eventId: eventIdOfHash(hash), event: JSON.parse(body) as EpcisEvent, duplicate: true },
    ]),
  );
}
