import type { Act, ForeignReference, Repeated } from '../domain/custody/act.js';
import type { Command } from '../domain/custody/decide.js';
import type { EpcisEvent } from '../domain/epcis/event.js';
import type { DomainError } from '../domain/errors.js';
import type { Identity } from './foreign/identity.js';

/** One request on its way through the write path. */
export interface Job {
  readonly request: string;
  readonly command: Command;
  readonly act: Omit<Act, 'recordTime'>;
  readonly person: number | null;
  /** Of an event of another system. */
  readonly foreign?: ForeignJob;
}

export interface ForeignJob {
  readonly identity: Identity;
  /** The capture job that it came in; null where it came by itself. */
  readonly document: number | null;
}

/** Requests that go through together; in an atomic bundle all or none. */
export interface Bundle {
  readonly jobs: readonly Job[];
  readonly atomic: boolean;
}

/** An event that is stored, durable and in the log. */
export interface Captured {
  readonly position: number;
  readonly eventId: string;
  readonly event: EpcisEvent;
  /** True when the same request had stored it before. */
  readonly duplicate: boolean;
  /** How many packs and containers of it could not be decided; of an event of another system that is new. */
  readonly gaps?: number;
  /** How often this was presented again, where no event was made of it; `position` is the event that it repeats. */
  readonly repeats?: Repeats;
  /** True where the content of the earlier event was erased: `event` is what is left. */
  readonly erased?: true;
}

export type Repeats = Omit<Repeated, 'repeatOf'>;

/** `undone`: it was refused with others of its bundle, for their sake alone. */
export type Outcome = { readonly captured: Captured } | { readonly refused: DomainError } | { readonly undone: true };

/** Partners as the rules see them, and a way to fetch the sites that only the loaded rows name. */
export interface GroupReference extends ForeignReference {
  know(sites: Iterable<number>): Promise<void>;
}
