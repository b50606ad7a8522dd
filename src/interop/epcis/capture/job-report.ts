import type { EventProblem } from '../../../domain/epcis/problems.js';
import type { DomainError } from '../../../domain/errors.js';
import type { Problem } from '../../../platform/http/problem.js';
import type { DocumentEvent } from '../documents/document-source.js';
import { epcisProblemBody } from '../rest/problem-writer.js';
import { type JobError, type JobResult, MOST_ERRORS } from './job.js';

/** An event that the custody rules refused. */
export interface RefusedEvent {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly refusals: readonly unknown[];
}

/** What the write path made of a document. */
export interface Outcome {
  readonly captured: number;
  readonly duplicates: number;
  readonly reported: number;
  readonly refused: number;
}

/** Of one event that an error names. */
const MOST_REFUSALS = 10;
/** Longest text of an event's own ID that an error repeats. */
const LONGEST_ID = 300;

/** Collects what becomes of the events of one document. Keeps the first errors, and counts all. */
export class JobReport {
  private readonly errors: JobError[] = [];
  private outcome: Outcome = { captured: 0, duplicates: 0, reported: 0, refused: 0 };
  private events = 0;
  private named = 0;
  private positions: readonly number[] | null = null;
  private invalidEvents = 0;
  private failed = false;

  /** An event was read. */
  seen(raw: DocumentEvent): void {
    this.events += 1;
    if (idOf(raw) !== undefined) this.named += 1;
  }

  /** An event that is none. */
  invalid(raw: DocumentEvent, problems: readonly EventProblem[]): void {
    this.invalidEvents += 1;
    for (const { pointer, code, expected, got } of problems) {
      const detail = `${named(raw)}: ${pointer || 'the event'} is ${got}; expected ${expected}.`;
      this.add({ status: 400, code, message: detail, details: { ...place(raw), pointer, expected, got } });
    }
  }

  /** An event that could not even be read. */
  fault(raw: DocumentEvent, { code, message, details }: DomainError): void {
    this.invalidEvents += 1;
    this.add({ status: 400, code, message: `${named(raw)}: ${message}`, details: { ...place(raw), ...details } });
  }

  /** An event that the write path refused; `raw` is where it is in the document. */
  refused(raw: DocumentEvent, { code, message, refusals }: RefusedEvent): void {
    const details = {
      ...place(raw),
      pointer: raw.pointer,
      ...(refusals.length > 0 && { refusals: refusals.slice(0, MOST_REFUSALS) }),
    };
    this.add({ status: 400, code, message: `${named(raw)}: ${message}`, details });
  }

  /** Something that concerns the whole document. */
  document(problem: Problem, error?: unknown): void {
    this.add(problem, error);
  }

  captured(outcome: Outcome): void {
    this.outcome = outcome;
  }

  /** Where the stored events are, in the document's order, as far as the outcome names them. */
  storedAt(positions: readonly number[]): void {
    const { captured, duplicates } = this.outcome;
    if (duplicates > 0 && positions.length === captured + duplicates) this.positions = positions;
  }

  /** Nothing is stored of what was read before the document failed. */
  nothingStored(): void {
    this.failed = true;
    this.outcome = { ...this.outcome, captured: 0, duplicates: 0, reported: 0 };
  }

  result(): JobResult {
    const { captured, duplicates, reported } = this.outcome;
    const refused = this.outcome.refused + this.invalidEvents;
    const success = !this.failed && refused === 0;
    const { events, errors, named, positions } = this;
    return { events, captured, duplicates, reported, refused, success, errors, named, positions };
  }

  private add(problem: Problem, error?: unknown): void {
    this.failed = true;
    if (this.errors.length < MOST_ERRORS) this.errors.push(epcisProblemBody(problem, error));
  }
}

function place(raw: DocumentEvent): { readonly index: number; readonly eventID?: string } {
  const eventID = idOf(raw);
  return { index: raw.index, ...(eventID !== undefined && { eventID }) };
}

const named = (raw: DocumentEvent): string => `Event ${raw.index}${idOf(raw) === undefined ? '' : ` (${idOf(raw)})`}`;

function idOf({ event }: DocumentEvent): string | undefined {
  const id: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'eventID') : undefined;
  return typeof id === 'string' ? id.slice(0, LONGEST_ID) : undefined;
}
