import { BUSINESS_STEPS } from '../domain/epcis/vocabulary.js';
import { DomainError } from '../domain/errors.js';
import { eventIdOfHash } from './seal.js';

/** Why an event was erased. Stable: stored in lower case. */
export const ERASURE_REASONS = [
  'data_subject_request',
  'court_order',
  'personal_data_by_mistake',
  'retention_ended',
] as const;
export type ReasonOfErasure = (typeof ERASURE_REASONS)[number];

/** What is known of an event that was erased: what its row and its erasure still say. */
export interface ErasedEvent {
  /** When it was erased, ISO 8601. */
  readonly at: string;
  readonly reason: ReasonOfErasure;
  /** GLN of the organisation that erased it. */
  readonly by: string;
  readonly eventTime: string;
  readonly recordTime: string;
  /** Place of the business step in the vocabulary. */
  readonly step: number;
  /** EPC of the container that it named as the parent. */
  readonly parent: string | null;
  /** Digital Link of its place. */
  readonly place: string | null;
}

/** Name under which a document of an erased event has what `ErasedMark` shows. */
export const ERASED_FIELD = 'halisi:erased';

/** A column of ErasedEvent for an event `e`: null where the event has its body, as nearly all have. */
export const ERASED_COLUMN = `case when e.body is null then (
    select json_build_object('at', gone.erased_at, 'reason', gone.reason, 'by', o.gln, 'eventTime', e.event_time,
      'recordTime', e.recorded_at, 'step', e.step, 'parent', gone.parent, 'place', gone.place)
    from erasure gone join organisation o on o.id = gone.organisation_id where gone.position = e.position) end as erased`;

const ERASED_ID = /^urn:halisi:erased:(\d{1,16})$/;

/** What an erased event is called by: its hash, which would confirm a guess of its content, is gone. */
const erasedEventId = (position: number): string => `urn:halisi:erased:${position}`;

/** The position in the name of an erased event; undefined for any other eventID. */
export function positionOfErased(eventId: string): number | undefined {
  const position = Number(ERASED_ID.exec(eventId)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(position) ? position : undefined;
}

/** The eventID of a stored event: what its client called it, else its hash, or, where that is erased, its position. */
export const eventIdAt = (position: number, hash: Uint8Array | null, given: string | null): string =>
  hash === null ? erasedEventId(position) : (given ?? eventIdOfHash(hash));

/** What is left of an erased event, in the place of its document. */
export function erasedDocument(position: number, erased: ErasedEvent): Record<string, unknown> {
  const { at, reason, by, eventTime, recordTime, step } = erased;
  return {
    eventID: erasedEventId(position),
    eventTime: new Date(eventTime).toISOString(),
    recordTime: new Date(recordTime).toISOString(),
    bizStep: BUSINESS_STEPS[step] ?? null,
    [ERASED_FIELD]: { at: new Date(at).toISOString(), reason, by },
  };
}

/** An event that was asked for, or sent again, is erased. */
export class EventErasedError extends DomainError<'EVENT_ERASED'> {
  override readonly name = 'EventErasedError';
}
