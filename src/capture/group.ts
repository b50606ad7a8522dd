import type { Decision, Repeated } from '../domain/custody/act.js';
import { decide, type Command } from '../domain/custody/decide.js';
import { StepRefusedError } from '../domain/custody/refusal.js';
import { repeatsSoFar } from '../domain/custody/steps/dispensing.js';
import { pendingRef, type World } from '../domain/custody/world.js';
import { DomainError } from '../domain/errors.js';
import type { Tx } from '../platform/database/database.js';
import { EventErasedError } from './erased-event.js';
import { recognise } from './foreign/recognise.js';
import type { Twin } from './foreign/twins.store.js';
import { LateDecision } from './foreign/late-decision.js';
import { isLate } from './foreign/lateness.js';
import type { NamedForeign, Resolution } from './foreign/foreign-write.store.js';
import { touchedBy } from './touched.js';
import type { Captured, GroupReference, Job, Outcome, Repeats } from './job.js';
import { eventIdOf, seal } from './seal.js';
import type { StoredBefore } from './stored-before.store.js';
import { writeForeign } from './foreign/foreign-write.store.js';
import { writeEvents, writeSlips, writeState, type EventToStore, type Slip } from './write.store.js';

/** What one request came to, while its group is not stored yet. */
export type Answer =
  | { readonly ordinal: number; readonly duplicate: boolean }
  | { readonly earlier: number; readonly repeats?: Repeats }
  | { readonly refused: DomainError };

/** What is known about the requests of a group before they are decided. */
export interface Known extends StoredBefore {
  /** Of events of other systems: stored events that have a name or a hash of theirs. */
  readonly twins: ReadonlyMap<Job, readonly Twin[]>;
  /** Packs and containers that the requests touch and of which something is open. */
  readonly open: ReadonlySet<string>;
  /** Whether the error of an event was declared before the event came. */
  readonly declaredBefore: (job: Job) => boolean;
}

const answerOf = ({ repeatOf, ...repeats }: Repeated): Answer => ({ earlier: repeatOf, repeats });

/** Requests that are decided one by one, in memory, on one loaded world, and stored together. */
export class Group {
  private readonly events: EventToStore[] = [];
  private readonly resolutions: Resolution[] = [];
  private readonly slips: Slip[] = [];
  private readonly answers = new Map<string, Answer>();
  private readonly names = new Set<string>();
  /** EPCs about which something of this group stayed open. */
  private readonly opened = new Set<string>();
  private first = -1;
  private touched = false;

  constructor(
    private readonly world: World,
    private readonly reference: GroupReference,
    private readonly recordTime: string,
    private readonly known: Known,
  ) {}

  /** Whether anything was decided that is to be stored. */
  get changed(): boolean {
    return this.touched;
  }

  /** Throws SpoiledWorldError where a refusal left the world half changed. */
  decide(job: Job): Answer {
    return this.remembered(job) ?? this.remember(job, this.decideFresh(job));
  }

  /**
   * Decides one request together with the history of what it names: what is open there may be decided now, and what comes late
   * finds its place. Only as the first of its group.
   */
  async decideWithHistory(sql: Tx, job: Job): Promise<Answer> {
    return this.remembered(job) ?? this.remember(job, await this.decideLate(sql, job));
  }

  /**
   * Whether a request must be the first of its group: it depends on what an earlier one of this group did in a way that only
   * the database tells, or something is open about what it names, or it comes late.
   */
  standsAlone(job: Job): boolean {
    const { command } = job;
    if (this.answers.has(job.request) || this.known.positions.has(job.request)) return false;
    if (job.foreign?.identity.declaration === true || this.known.declaredBefore(job)) return true;
    if (this.known.open.size + this.opened.size > 0) {
      const touched = touchedBy(command, this.world);
      if (touched.some((epc) => this.known.open.has(epc) || this.opened.has(epc))) return true;
    }
    return command.step === 'foreign' && isLate(this.world, command.reading, Date.parse(job.act.eventTime));
  }

  private remember(job: Job, answer: Answer): Answer {
    this.answers.set(job.request, answer);
    return answer;
  }

  private remembered(job: Job): Answer | undefined {
    const earlier = this.known.positions.get(job.request);
    if (earlier !== undefined) return this.answerAgain(job, earlier);
    if (this.known.erased.has(job.request)) return { refused: wasErased(job) };
    const twin = this.answers.get(job.request);
    if (twin) return 'ordinal' in twin ? { ...twin, duplicate: true } : twin;
    return undefined;
  }

  /** A slip that is reported twice counts once. */
  private answerAgain({ command, act }: Job, earlier: number): Answer {
    const repeats = command.step === 'repeating' ? repeatsSoFar(this.world, command, act) : undefined;
    return repeats?.repeatOf === earlier ? answerOf(repeats) : { earlier };
  }

  private decideFresh(job: Job): Answer {
    const named = this.named(job);
    return 'command' in named ? this.decideNew(job, named.command, named.foreign) : named;
  }

  /** What an event of another system is: a new one with its name, or the answer where it is not. */
  private named(job: Job): Answer | { readonly command: Command; readonly foreign?: NamedForeign } {
    const { command, foreign } = job;
    if (command.step !== 'foreign' || !foreign) return { command };
    const found = recognise(foreign.identity, this.known.twins.get(job) ?? [], job.act.organisation);
    if ('refused' in found) return found;
    if ('duplicateOf' in found) return { earlier: found.duplicateOf };
    const { eventId, declares, declaredBy } = found;
    if (declares === undefined && this.names.has(eventId)) return { refused: idTaken(eventId) };
    this.names.add(eventId);
    return { command: { ...command, eventId }, foreign: { ...foreign, declares, declaredBy } };
  }

  private decideNew(job: Job, command: Command, foreign?: NamedForeign): Answer {
    const ordinal = this.events.length;
    const act = { ...job.act, recordTime: this.recordTime };
    let decision: Decision | Repeated;
    try {
      decision = decide(this.world, command, act, this.reference, ordinal);
    } catch (error) {
      if (error instanceof DomainError) return { refused: error };
      throw error;
    }
    this.touched = true;
    if ('repeatOf' in decision) {
      this.slips.push({ request: job.request, repeatOf: decision.repeatOf });
      return answerOf(decision);
    }
    const eventId = command.step === 'foreign' ? command.eventId : eventIdOf(decision.event);
    return this.accept(job, eventId, decision, foreign);
  }

  private accept(job: Job, eventId: string, decision: Decision, foreign?: NamedForeign): Answer {
    const ordinal = this.events.length;
    this.touched = true;
    const eventTime = Date.parse(decision.event.eventTime);
    const units = decision.event['halisi:units'] as number | undefined;
    this.world.events.set(pendingRef(ordinal), { eventId, eventTime, ...(units !== undefined && { units }) });
    for (const { epc } of decision.gaps ?? []) this.opened.add(epc);
    this.events.push({
      sealed: seal(decision.event, eventId, foreign?.identity),
      decision,
      organisation: job.act.organisation,
      person: job.person,
      request: job.request,
      ...(foreign && { foreign }),
    });
    return { ordinal, duplicate: false };
  }

  private async decideLate(sql: Tx, job: Job): Promise<Answer> {
    const named = this.named(job);
    if (!('command' in named)) return named;
    const { command, foreign } = named;
    const late = new LateDecision(sql, this.world, this.reference, job, this.recordTime);
    if (command.step !== 'foreign' || !foreign) {
      const history = await late.history(touchedBy(command, this.world));
      const answer = this.decideNew(job, command);
      if (history && 'ordinal' in answer) {
        this.resolutions.push(
          ...late.settleOwn(history, this.events[answer.ordinal]!.decision, pendingRef(answer.ordinal)),
        );
      }
      return answer;
    }
    try {
      const by = pendingRef(this.events.length);
      const taken = await late.takeForeign(command, foreign, by);
      if (taken === undefined) return this.decideNew(job, command, foreign);
      this.resolutions.push(...taken.resolutions);
      return this.accept(job, command.eventId, taken.decision, { ...foreign, ...taken.declaration });
    } catch (error) {
      if (error instanceof DomainError) return { refused: error };
      throw error;
    }
  }

  async store(sql: Tx, log: number): Promise<void> {
    if (!this.touched) return;
    if (this.events.length > 0) this.first = await writeEvents(sql, log, this.events, this.recordTime);
    sql.leave(writeSlips(sql, this.slips, this.first));
    sql.leave(writeForeign(sql, this.events, this.resolutions, this.first, this.recordTime));
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
    const { sealed, decision } = this.events[ordinal]!;
    const { eventId, event } = sealed;
    const gaps = decision.gaps === undefined || duplicate ? {} : { gaps: decision.gaps.length };
    return { position: this.first + ordinal, eventId, event, duplicate, ...gaps };
  }
}

const idTaken = (eventId: string): StepRefusedError =>
  new StepRefusedError('EVENT_ID_TAKEN', `Another event has the eventID ${eventId}.`);

/** Nothing of an erased request is kept that could recognise it, but its organisation and its time. */
const wasErased = ({ act }: Job): EventErasedError =>
  new EventErasedError(
    'EVENT_ERASED',
    `An event of yours of ${act.eventTime} was erased and is not stored again. If this is another one, give it a time of its own.`,
  );

const erasedMeanwhile = (position: number): EventErasedError =>
  new EventErasedError('EVENT_ERASED', `The event at position ${position}, which this request had stored, was erased.`);
