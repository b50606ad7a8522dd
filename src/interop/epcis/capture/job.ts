import type { Actor } from '../../../access/actor.js';
import type { DocumentHeader } from '../../../domain/epcis/document.js';
import type { EpcisProblemBody } from '../rest/problem-writer.js';

export const BEHAVIOURS = ['rollback', 'proceed'] as const;
/** What one event that cannot be captured does to its document: all of it is refused, or only that event. */
export type Behaviour = (typeof BEHAVIOURS)[number];

/** A job as whoever handed the document in may see it. */
export interface CaptureJob {
  readonly number: number;
  readonly id: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly success: boolean;
  readonly behaviour: Behaviour;
  readonly mediaType: string;
  readonly bytes: number;
  readonly counts: JobCounts;
  readonly errors: readonly JobError[];
}

/** Events of a document, by what became of them. */
export interface JobCounts {
  readonly events: number;
  readonly captured: number;
  /** Stored before, by this or another document. */
  readonly duplicates: number;
  /** Of those captured: what could not be decided, and was stored as reported. */
  readonly reported: number;
  readonly refused: number;
}

/** An error of a job: RFC 7807, with the rule as `code` and the place in `details`. */
export type JobError = EpcisProblemBody;

/** A job that waits to be run. */
export interface WaitingJob {
  readonly number: number;
  readonly id: string;
  readonly actor: Actor;
  readonly behaviour: Behaviour;
  readonly mediaType: string;
  /** The document, where it is small; a large one is in the spool. */
  readonly body: Buffer | null;
}

/** What became of a job. */
export interface JobResult extends JobCounts {
  readonly success: boolean;
  readonly errors: readonly JobError[];
  /** Events that the client gave an eventID. */
  readonly named: number;
  /** Of the stored events, in the document's order; null where those that came in this job are all. */
  readonly positions: readonly number[] | null;
}

/** What it takes to write a document out again. */
export interface StoredJob {
  readonly number: number;
  readonly finished: boolean;
  readonly stored: boolean;
  /** Whether the client gave its events their eventIDs: all, none, or some of them. */
  readonly named: 'all' | 'none' | 'some';
  readonly header: DocumentHeader;
  readonly positions: readonly number[] | null;
}

/** Errors that a job keeps; how many there were is in its counts. */
export const MOST_ERRORS = 100;
