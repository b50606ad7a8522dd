import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Act } from '../domain/custody/act.js';
import type { Command } from '../domain/custody/decide.js';
import { DomainError } from '../domain/errors.js';
import { Database } from '../platform/database/database.js';
import { isConnectionLoss, isRetryable, sqlState } from '../platform/database/errors.js';
import { CaptureReference } from './capture-reference.js';
import { runGroup, type Captured, type Job, type Outcome } from './group.js';
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

interface Waiting extends Job {
  readonly weight: number;
  readonly resolve: (captured: Captured) => void;
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
  private readonly lanes: Database;
  private scheduled = false;

  constructor(
    database: Database,
    private readonly reference: CaptureReference,
  ) {
    this.lanes = database.lanes(LANES);
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
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, command, act, person, weight: weightOf(command), resolve, reject });
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
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
      const lane = this.run(this.nextGroup()).finally(() => {
        this.underWay.delete(lane);
        if (this.waiting.length > 0) this.schedule();
      });
      this.underWay.add(lane);
    }
  }

  private nextGroup(): Waiting[] {
    let weight = 0;
    let count = 0;
    while (count < this.waiting.length && count < GROUP_EVENTS) {
      weight += this.waiting[count]!.weight;
      if (count > 0 && weight > GROUP_EPCS) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async run(group: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.attempt(group);
      outcomes.forEach((outcome, at) => settle(group[at]!, outcome));
    } catch (error) {
      // What one request cannot do must not stop the others: each is tried by itself.
      if (group.length > 1 && !isConnectionLoss(error)) {
        for (const job of group) await this.run([job]);
      } else for (const job of group) job.reject(error);
    }
  }

  private async attempt(group: Waiting[]): Promise<Outcome[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await runGroup(this.lanes, 0, group, this.reference);
      } catch (error) {
        const again = isRetryable(error) || COLLISIONS.has(sqlState(error) ?? '');
        if (!again) throw error;
        if (attempt === ATTEMPTS) {
          throw new DomainError(
            'UNAVAILABLE',
            'Others are changing the same packs just now. Send the same request again.',
          );
        }
      }
    }
  }
}

function settle(job: Waiting, outcome: Outcome): void {
  if ('refused' in outcome) job.reject(outcome.refused);
  else job.resolve(outcome.captured);
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
    case 'dispensing':
    case 'undo_dispensing':
      return command.packs.length;
    default:
      return 1;
  }
}
