import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Act } from '../domain/custody/act.js';
import type { Command } from '../domain/custody/decide.js';
import { DomainError } from '../domain/errors.js';
import { Database } from '../platform/database/database.js';
import { isConnectionLoss, isRetryable, sqlState } from '../platform/database/errors.js';
import { CaptureReference } from './capture-reference.js';
import type { Bundle, Captured, Job, Outcome } from './job.js';
import { GroupSpoiledError, runBundles, runGroup } from './run-group.js';
import { requestKey } from '../platform/request-key.js';

/** Most events in one commit. */
const GROUP_EVENTS = 512;
/** Most packs and containers that one commit names: bounds the memory and the time of a group. */
const GROUP_EPCS = 20_000;
/** Groups under way at once: while one is being written, the next is loaded and decided. */
const LANES = 2;
const ATTEMPTS = 4;
/** Another process stored the same pack, container or request, or filled the lot, since we looked. */
const COLLISIONS = new Set(['23505', '23514']);

interface Waiting extends Bundle {
  readonly weight: number;
  /** The organisation whose documents come one after the other; null for a request by itself. */
  readonly inOrderOf: number | null;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface CaptureRequest {
  readonly command: Command;
  readonly act: Omit<Act, 'recordTime'>;
  readonly person: number | null;
  /** What the client asked, where the server added something to the command since (a minted SSCC). */
  readonly content?: unknown;
}

/** The one write path: validate, decide, commit, log. Requests of many clients are grouped into one commit. */
@Injectable()
export class CaptureService implements OnApplicationShutdown {
  private readonly waiting: Waiting[] = [];
  private readonly underWay = new Set<Promise<void>>();
  /** Organisations with a document under way. */
  private readonly busy = new Set<number>();
  /** The large atomic documents, one after the other. */
  private whole: Promise<void> = Promise.resolve();
  private readonly lanes: Database;
  private scheduled = false;

  constructor(
    database: Database,
    private readonly reference: CaptureReference,
  ) {
    this.lanes = database.lanes(LANES + 1);
  }

  /**
   * Decides and stores one event; answers when it is durable and its place in the log is final. The same request again
   * answers the same event. Throws StepRefusedError, with nothing stored, or UNAVAILABLE when the outcome is unknown:
   * the client sends the same request again.
   */
  async capture({ command, act, person, content }: CaptureRequest): Promise<Captured> {
    await this.reference.prepare(command, act);
    const { organisation, site, eventTime } = act;
    const asked = content ?? command;
    const request = requestKey({ organisation, site, eventTime, content: asked, step: command.step });
    const jobs = [{ request, command, act, person }];
    const [outcome] = await this.enqueue({ jobs, atomic: false }, weightOf(command), null);
    if ('captured' in outcome!) return outcome.captured;
    throw 'refused' in outcome! ? outcome.refused : new Error('A request by itself has nobody to be undone for.');
  }

  /**
   * Takes events of one document of another system; answers one outcome each, in order. Bundles of one organisation are
   * applied in the order in which this is called. Throws as `capture` does where the outcome is unknown.
   */
  captureBundle(bundle: Bundle, organisation: number): Promise<readonly Outcome[]> {
    const weight = bundle.jobs.reduce((sum, { command }) => sum + weightOf(command), 0);
    return this.enqueue(bundle, weight, organisation);
  }

  /**
   * Takes an atomic document that is too large for one group, batch by batch in one transaction. Where one is refused, nothing
   * is stored and no more is read. Nobody else writes to the log meanwhile.
   */
  async captureWhole(
    batches: AsyncIterable<readonly Job[]>,
    organisation: number,
    onBatch: (outcomes: readonly Outcome[]) => void,
  ): Promise<void> {
    // Behind what the organisation handed in before.
    await this.enqueue({ jobs: [], atomic: true }, 0, organisation);
    const whole = this.whole.then(() => this.runWhole(batches, onBatch));
    this.whole = whole.catch(() => undefined);
    return whole;
  }

  private async runWhole(
    batches: AsyncIterable<readonly Job[]>,
    onBatch: (outcomes: readonly Outcome[]) => void,
  ): Promise<void> {
    const refused = new Error('Nothing of the document is stored.');
    let begun = false;
    try {
      await this.lanes.transaction(async (sql) => {
        // What was read of the document does not come again, so neither can its transaction.
        if (begun) throw unavailable();
        begun = true;
        for await (const jobs of batches) {
          const [outcomes] = await runBundles(sql, 0, [{ jobs, atomic: true }], this.reference);
          onBatch(outcomes!);
          if (outcomes!.some((outcome) => 'refused' in outcome)) throw refused;
        }
      });
    } catch (error) {
      if (error instanceof GroupSpoiledError) onBatch(undone(error));
      else if (error !== refused) throw isCollision(error) ? unavailable() : error;
    }
  }

  private enqueue(bundle: Bundle, weight: number, inOrderOf: number | null): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...bundle, weight, inOrderOf, resolve, reject });
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.whole;
    while (this.underWay.size > 0 || this.waiting.length > 0) {
      await Promise.all(this.underWay);
      await new Promise(setImmediate);
    }
    await this.lanes.close();
  }

  /** Requests that arrive in the same turn of the event loop share a group. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.start();
    });
  }

  private start(): void {
    while (this.underWay.size < LANES && this.waiting.length > 0) {
      const group = this.nextGroup();
      if (group.length === 0) return;
      const inOrder = group.flatMap(({ inOrderOf }) => (inOrderOf === null ? [] : [inOrderOf]));
      for (const organisation of inOrder) this.busy.add(organisation);
      const lane = this.run(group).finally(() => {
        for (const organisation of inOrder) this.busy.delete(organisation);
        this.underWay.delete(lane);
        if (this.waiting.length > 0) this.schedule();
      });
      this.underWay.add(lane);
    }
  }

  /** The next that fit, in their order. A document waits while an earlier one of its organisation is under way. */
  private nextGroup(): Waiting[] {
    const group: Waiting[] = [];
    let weight = 0;
    let events = 0;
    let at = 0;
    for (; at < this.waiting.length && events < GROUP_EVENTS; at++) {
      const next = this.waiting[at]!;
      if (next.inOrderOf !== null && this.busy.has(next.inOrderOf)) continue;
      weight += next.weight;
      events += next.jobs.length;
      if (group.length > 0 && (weight > GROUP_EPCS || events > GROUP_EVENTS)) break;
      group.push(next);
    }
    if (group.length === at) this.waiting.splice(0, at);
    else if (group.length > 0) this.removeWaiting(new Set(group));
    return group;
  }

  private removeWaiting(taken: ReadonlySet<Waiting>): void {
    const left = this.waiting.filter((each) => !taken.has(each));
    this.waiting.splice(0, this.waiting.length, ...left);
  }

  private async run(group: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.attempt(group);
      outcomes.forEach((outcome, at) => group[at]!.resolve(outcome));
    } catch (error) {
      // What one bundle cannot do must not stop the others: each is tried by itself.
      if (group.length > 1 && !isConnectionLoss(error)) {
        for (const bundle of group) await this.run([bundle]);
      } else if (error instanceof GroupSpoiledError) await this.runSpoiled(group[0]!, error);
      else for (const bundle of group) bundle.reject(error);
    }
  }

  /** A bundle that goes through together is refused; of another, each request is tried by itself. */
  private async runSpoiled(bundle: Waiting, error: GroupSpoiledError): Promise<void> {
    if (bundle.atomic || bundle.jobs.length === 1) return bundle.resolve(undone(error, bundle.jobs.length));
    const outcomes: Outcome[] = [];
    for (const job of bundle.jobs) {
      try {
        const [one] = await this.attempt([{ jobs: [job], atomic: false }]);
        outcomes.push(...one!);
      } catch (failure) {
        if (!(failure instanceof GroupSpoiledError)) return bundle.reject(failure);
        outcomes.push(...undone(failure, 1));
      }
    }
    bundle.resolve(outcomes);
  }

  private async attempt(group: readonly Bundle[]): Promise<Outcome[][]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await runGroup(this.lanes, 0, group, this.reference);
      } catch (error) {
        if (!isCollision(error)) throw error;
        if (attempt === ATTEMPTS) throw unavailable();
      }
    }
  }
}

const isCollision = (error: unknown): boolean => isRetryable(error) || COLLISIONS.has(sqlState(error) ?? '');

const unavailable = (): DomainError =>
  new DomainError('UNAVAILABLE', 'Others are changing the same packs just now. Send the same request again.');

/** The outcomes of a bundle of which nothing could be stored. */
function undone({ refused }: GroupSpoiledError, count = refused.length): Outcome[] {
  return Array.from({ length: count }, (_, at) => {
    const error = refused[at];
    return error === undefined ? { undone: true } : { refused: error };
  });
}

function weightOf(command: Command): number {
  switch (command.step) {
    case 'commissioning':
      return command.serials.length;
    case 'packing':
    case 'shipping':
    case 'decommissioning':
      return command.packs.length + command.containers.length;
    case 'unpacking':
      // All that is inside: not known before it is loaded.
      return Math.max(1000, command.packs.length + command.containers.length);
    case 'foreign': {
      const { named, outputs } = command.reading;
      return 1 + named.packs.length + named.containers.length + outputs.packs.length;
    }
    case 'dispensing':
    case 'undo_dispensing':
      return command.packs.length;
    default:
      return 1;
  }
}
