import type { Actor } from '../../access/actor.js';
import type { Refusal } from '../../domain/custody/refusal.js';
import type { EpcisEvent } from '../../domain/epcis/event.js';

/** A validated event of a document, with its place in it. */
export interface DocumentEvent {
  readonly index: number;
  readonly event: EpcisEvent;
}

export interface DocumentCapture {
  readonly actor: Actor;
  /** In the order of the document, in batches of any size. */
  readonly events: AsyncIterable<readonly DocumentEvent[]>;
  /** `rollback`: all or nothing. `proceed`: what can be stored is. */
  readonly behaviour: 'rollback' | 'proceed';
  /** Row of the capture job; null for an event by itself. */
  readonly document: number | null;
  readonly onProgress?: (counts: DocumentCounts) => void;
}

export interface DocumentCounts {
  readonly captured: number;
  /** Were stored before, by whomever, and were not stored again. */
  readonly duplicates: number;
  /** Of those captured, events about some of whose packs or containers could not be decided. */
  readonly reported: number;
  readonly refused: number;
}

/** An event of a document that was not stored, and why. */
export interface RefusedEvent {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly refusals: readonly Refusal[];
}

export interface DocumentOutcome extends DocumentCounts {
  /** False where something was refused and nothing is stored for that. */
  readonly stored: boolean;
  /** The first of the refused. */
  readonly refusedEvents: readonly RefusedEvent[];
  /** The first of the stored and found events, in the order of the document. */
  readonly events: readonly {
    readonly index: number;
    readonly eventId: string;
    readonly position: number;
    readonly duplicate: boolean;
  }[];
}
