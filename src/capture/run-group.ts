import { SpoiledWorldError } from '../domain/custody/foreign/decide-foreign.js';
import type { World } from '../domain/custody/world.js';
import type { DomainError } from '../domain/errors.js';
import type { Database, Queryable, Tx } from '../platform/database/database.js';
import { findTwins, NOT_THERE_YET } from './foreign/twins.store.js';
import { Group, type Answer, type Known } from './group.js';
import type { Bundle, GroupReference, Job, Outcome } from './job.js';
import { openGapsOf } from './open-gaps.store.js';
import { addNeeds, noNeeds } from './needs.js';
import { eventsAt, storedBefore } from './stored-before.store.js';
import { loadWorld } from './world.store.js';

/**
 * A request was refused after the world had been changed for the sake of others that must go with it, or by half of itself:
 * nothing of the group can be stored. Where the group was one bundle, `refused` has the refusals of its requests, in order.
 */
export class GroupSpoiledError extends Error {
  override readonly name = 'GroupSpoiledError';

  constructor(readonly refused: readonly (DomainError | undefined)[]) {
    super('A request was refused, and with it what it was to be stored with.');
  }
}

/** Sites of other partners that a decision may have to name: where shipments come from, and where packs are. */
function* sitesIn(world: World): Iterable<number> {
  for (const { fromSite, toSite } of world.shipments.values()) yield* [fromSite, toSite];
  for (const { site } of world.items.values()) if (site !== null) yield site;
}

/**
 * Decides and stores a group of bundles in one transaction; answers the outcomes of each, in order. A refused request leaves
 * the others alone, but for those of an atomic bundle. Throws, with nothing stored, when the database refuses the whole
 * group (a duplicate or a deadlock with another process, or a lost connection), and GroupSpoiledError.
 */
export function runGroup(
  database: Database,
  log: number,
  bundles: readonly Bundle[],
  reference: GroupReference,
): Promise<Outcome[][]> {
  return database.transaction((sql) => runBundles(sql, log, bundles, reference));
}

/** As runGroup, in a transaction that is open. */
export async function runBundles(
  sql: Tx,
  log: number,
  bundles: readonly Bundle[],
  reference: GroupReference,
): Promise<Outcome[][]> {
  const tasks = bundles.flatMap((bundle, at) => bundle.jobs.map((job) => ({ job, bundle: at })));
  const outcomes: Outcome[][] = bundles.map(() => []);
  const spoil = new Spoiling(bundles);
  let most = tasks.length;
  for (let at = 0; at < tasks.length;) {
    const stretch = tasks.slice(at, at + most);
    const done = await runStretch(sql, log, stretch, reference, spoil);
    done.forEach((outcome, offset) => outcomes[tasks[at + offset]!.bundle]!.push(outcome));
    at += done.length;
    // What is loaded for nothing stays little where much of a document comes late.
    most = done.length < stretch.length ? Math.max(1, done.length * 4) : most * 4;
  }
  return outcomes;
}

interface Task {
  readonly job: Job;
  readonly bundle: number;
}

/** Requests that are decided on one loaded world: up to the first that must see the ones before it in the database. */
async function runStretch(
  sql: Tx,
  log: number,
  tasks: readonly Task[],
  reference: GroupReference,
  spoil: Spoiling,
): Promise<Outcome[]> {
  const jobs = tasks.map(({ job }) => job);
  const needs = noNeeds();
  for (const { command } of jobs) addNeeds(needs, command);
  const { world, rest } = await loadWorld(sql, needs);
  // After the locks: a twin of one of these requests, under way in another lane, is committed by now.
  const [known] = await Promise.all([knownOf(sql, jobs, world), rest]);
  await reference.know(sitesIn(world));
  const group = new Group(world, reference, new Date().toISOString(), known);
  const answers: Answer[] = [];
  for (const { job, bundle } of tasks) {
    const alone = group.standsAlone(job);
    if (alone && answers.length > 0) break;
    const answer = await spoil.guard(bundle, () => (alone ? group.decideWithHistory(sql, job) : group.decide(job)));
    answers.push(answer);
    if (alone) break;
  }
  await group.store(sql, log);
  const earlier = answers.flatMap((answer) => ('earlier' in answer && answer.earlier >= 0 ? [answer.earlier] : []));
  const repeated = await eventsAt(sql, earlier);
  return answers.map((answer) => group.outcome(answer, repeated));
}

async function knownOf(sql: Queryable, jobs: readonly Job[], world: World): Promise<Known> {
  const foreign = jobs.filter((job) => job.foreign !== undefined);
  const [before, open, found] = await Promise.all([
    storedBefore(sql, jobs),
    openGapsOf(sql, jobs, world),
    foreign.length > 0
      ? findTwins(
          sql,
          foreign.map((job) => job.foreign!.identity),
        )
      : [],
  ]);
  const twins = new Map(foreign.map((job, at) => [job, found[at]!]));
  const declaredBefore = (job: Job): boolean =>
    twins.get(job)?.some(({ declares }) => declares === NOT_THERE_YET) ?? false;
  return { ...before, open, twins, declaredBefore };
}

/** Watches over what must go through together: throws GroupSpoiledError where something stored would have to go again. */
class Spoiling {
  private readonly states: { made: boolean; refused: boolean; readonly refusals: (DomainError | undefined)[] }[];

  constructor(private readonly bundles: readonly Bundle[]) {
    this.states = bundles.map(() => ({ made: false, refused: false, refusals: [] }));
  }

  async guard(at: number, decide: () => Answer | Promise<Answer>): Promise<Answer> {
    const state = this.states[at]!;
    let answer: Answer;
    try {
      // Not awaited where it need not be: a group of steps of our own is decided in one turn.
      const decided = decide();
      answer = decided instanceof Promise ? await decided : decided;
    } catch (error) {
      if (error instanceof SpoiledWorldError) throw this.spoiled(at, error.refusal);
      throw error;
    }
    const { atomic } = this.bundles[at]!;
    if (!atomic) return answer;
    const refused = 'refused' in answer ? answer.refused : undefined;
    state.refusals.push(refused);
    state.refused ||= refused !== undefined;
    state.made ||= isMade(answer);
    if (state.refused && state.made) throw this.spoiled(at);
    return answer;
  }

  private spoiled(at: number, last?: DomainError): GroupSpoiledError {
    if (this.bundles.length > 1) return new GroupSpoiledError([]);
    const { refusals } = this.states[at]!;
    return new GroupSpoiledError(last ? [...refusals, last] : refusals);
  }
}

const isMade = (answer: Answer): boolean =>
  ('ordinal' in answer && !answer.duplicate) || ('earlier' in answer && answer.repeats !== undefined);
