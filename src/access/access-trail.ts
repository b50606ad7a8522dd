import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { THE_PUBLIC } from '../domain/custody/act.js';
import { AccessTrailStore, type TrailEntry } from './access-trail.store.js';
import { type Actor, personOf } from './actor.js';
import { othersAmong } from './policy.js';
import type { Purpose } from './purpose.js';

const WAIT_MS = 5;
const MOST_AT_ONCE = 512;

/** A read of data that belongs to others. */
export interface Access {
  /** `public` for somebody who has no more than a link. */
  readonly actor: Actor | 'public';
  /** Organisations whose data is read; the actor's own is left out, unless it is `handedOut`. */
  readonly ownerIds: Iterable<number>;
  /** It leaves for somebody who need not sign in: recorded whoever owns it. */
  readonly handedOut?: true;
  readonly purpose: Purpose;
  /** What was asked for, as `Query.trail` or `GET /epcis/events`. */
  readonly operation: string;
  /** What it was asked about: an EPC, a lot, a GLN. */
  readonly subject: string;
}

interface Waiting {
  readonly entry: TrailEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Who read whose data, when, and why. Start `record` together with the read and await both before answering: the entry
 * is then stored before the data leaves, and costs the read no more than the slower of the two.
 */
@Injectable()
export class AccessTrail implements OnApplicationShutdown {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly writing = new Set<Promise<void>>();

  constructor(@Inject(AccessTrailStore) private readonly store: AccessTrailStore) {}

  /** Resolves when the entry is durable; rejects when it could not be stored, and then the answer must not leave. */
  record(access: Access): Promise<void> {
    const { actor, handedOut, purpose, operation, subject } = access;
    const everybody = actor === 'public' || handedOut === true;
    const ownerIds = everybody ? [...new Set(access.ownerIds)] : othersAmong(actor, access.ownerIds);
    if (ownerIds.length === 0) return Promise.resolve();
    const entry: TrailEntry = { at: new Date(), ...readerOf(actor), ownerIds, purpose, operation, subject };
    const recorded = new Promise<void>((resolve, reject) => this.enqueue({ entry, resolve, reject }));
    // Where the read fails too, nobody awaits this any more: that must not end the process.
    recorded.catch(() => undefined);
    return recorded;
  }

  async onApplicationShutdown(): Promise<void> {
    this.flush();
    await Promise.all(this.writing);
  }

  private enqueue(waiting: Waiting): void {
    this.waiting.push(waiting);
    if (this.waiting.length >= MOST_AT_ONCE) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const group = this.waiting;
    this.waiting = [];
    const write = this.store
      .insert(group.map(({ entry }) => entry))
      .then(
        () => group.forEach(({ resolve }) => resolve()),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      )
      .finally(() => this.writing.delete(write));
    this.writing.add(write);
  }
}

function readerOf(actor: Actor | 'public'): Pick<TrailEntry, 'organisationId' | 'person' | 'client'> {
  if (actor === 'public') return { organisationId: THE_PUBLIC, person: null, client: null };
  const client = actor.subject.kind === 'client' ? String(actor.subject.id) : null;
  return { organisationId: actor.organisationId, person: personOf(actor) ?? null, client };
}
