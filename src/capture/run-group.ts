import { SpoiledWorldError } from '../domain/custody/foreign/decide-foreign.js';
import type { World } from '../domain/custody/world.js';
import type { DomainError } from '../domain/errors.js';
import type { Database, Queryable, Tx } from '../platform/database/database.js';
import { findTwins } from './foreign/twins.store.js';
import { Group, type Answer, type Known } from './group.js';
import type { Bundle, GroupReference, Job, Outcome } from './job.js';
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
  const jobs = bundles.flatMap((bundle) => bundle.jobs);
  const needs = noNeeds();
  for (const { command } of jobs) addNeeds(needs, command);
  const { world, rest } = await loadWorld(sql, needs);
  // After the locks: a twin of one of these requests, under way in another lane, is committed by now.
  const [known] = await Promise.all([knownOf(sql, jobs), rest]);
  await reference.know(sitesIn(world));
  const recordTime = new Date().toISOString();
  const group = new Group(world, reference, recordTime, known);
  const answers = bundles.map((bundle) => decideBundle(group, bundle, bundles.length === 1));
  await group.store(sql, log);
  const earlier = answers
    .flat()
    .flatMap((answer) => ('earlier' in answer && answer.earlier >= 0 ? [answer.earlier] : []));
  const repeated = await eventsAt(sql, earlier);
  return answers.map((each) => each.map((answer) => group.outcome(answer, repeated)));
}

async function knownOf(sql: Queryable, jobs: readonly Job[]): Promise<Known> {
  const foreign = jobs.filter((job) => job.foreign !== undefined);
  const [before, twins] = await Promise.all([
    storedBefore(sql, jobs),
    foreign.length > 0
      ? findTwins(
          sql,
          foreign.map((job) => job.foreign!.identity),
        )
      : [],
  ]);
  return { ...before, twins: new Map(foreign.map((job, at) => [job, twins[at]!])) };
}

function decideBundle(group: Group, { jobs, atomic }: Bundle, alone: boolean): Answer[] {
  const answers: Answer[] = [];
  for (const job of jobs) {
    try {
      answers.push(group.decide(job));
    } catch (error) {
      if (!(error instanceof SpoiledWorldError)) throw error;
      throw new GroupSpoiledError(alone ? [...refusals(answers), error.refusal] : []);
    }
  }
  const refused = atomic && answers.some((answer) => 'refused' in answer);
  if (refused && answers.some(isMade)) throw new GroupSpoiledError(alone ? refusals(answers) : []);
  return answers;
}

const isMade = (answer: Answer): boolean =>
  ('ordinal' in answer && !answer.duplicate) || ('earlier' in answer && answer.repeats !== undefined);

const refusals = (answers: readonly Answer[]): (DomainError | undefined)[] =>
  answers.map((answer) => ('refused' in answer ? answer.refused : undefined));
