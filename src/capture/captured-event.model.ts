import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { EpcisEvent } from '../domain/epcis/event.js';
import { JsonObject } from '../platform/graphql/json.scalar.js';
import { EventTime, Position } from '../platform/graphql/scalars.js';
import { enumOf } from '../platform/graphql/enums.js';
import { ERASED_FIELD, ERASURE_REASONS, type ReasonOfErasure } from './erased-event.js';
import type { Captured } from './job.js';

const REASON_WORDS: Readonly<Record<ReasonOfErasure, string>> = {
  data_subject_request: 'A person whom it was about asked for it.',
  court_order: 'A court, or an authority with the same power, ordered it.',
  personal_data_by_mistake: 'It held personal data that never belonged there.',
  retention_ended: 'The time for which it was to be kept is over.',
};
export const ErasureReason = enumOf(
  'ErasureReason',
  'Why an event was erased.',
  ERASURE_REASONS,
  (word) => REASON_WORDS[word],
);

@ObjectType({ description: 'That an event was erased. The record of it is in the log.' })
export class ErasedMark {
  @Field(() => EventTime, { description: 'When.' })
  at: string;

  @Field(() => ErasureReason, { description: 'Why.' })
  reason: ReasonOfErasure;

  @Field(() => String, { description: 'GLN of the organisation that erased it.' })
  by: string;
}

@ObjectType({ description: 'An EPCIS 2.0 event: stored, durable, and at its final place in the log.' })
export class CapturedEvent {
  @Field(() => ID, {
    description:
      'The CBV 2.0 event hash, `ni:///sha-256;...?ver=CBV2.0`; of an erased event a name made of its position.',
  })
  eventID: string;

  @Field(() => Position, { description: 'Its place in the log.' })
  position: number;

  @Field({ description: 'ObjectEvent, AggregationEvent, ...; empty for an erased event.' })
  type: string;

  @Field(() => String, { nullable: true, description: 'ADD, OBSERVE or DELETE.' })
  action: string | null;

  @Field(() => String, { nullable: true, description: 'CBV business step: commissioning, shipping, ...' })
  bizStep: string | null;

  @Field(() => String, { nullable: true, description: 'CBV disposition: active, in_transit, dispensed, ...' })
  disposition: string | null;

  @Field(() => EventTime, { description: 'When it happened, with the offset of the place.' })
  eventTime: string;

  @Field(() => EventTime, { description: 'When it was stored.' })
  recordTime: string;

  @Field(() => [String], { description: 'The packs and containers it names, parent first, as GS1 Digital Links.' })
  epcs: readonly string[];

  @Field(() => JsonObject, { description: 'The whole event as EPCIS 2.0 JSON, as far as you may see it.' })
  document: Record<string, unknown>;

  @Field(() => ErasedMark, {
    nullable: true,
    description: 'That its content was erased; nothing for nearly all events.',
  })
  erased: ErasedMark | null;
}

@ObjectType({ description: 'What a step made.' })
export class StepResult {
  @Field(() => CapturedEvent, { description: 'The event; where the pack had been dispensed here before, that event.' })
  event: CapturedEvent;

  @Field({ description: 'True when the same request had stored it before: nothing was stored twice.' })
  duplicate: boolean;

  @Field(() => Int, { description: 'How often this pack was dispensed again here, as a slip. 0 for everything else.' })
  repeats: number;
}

/** An event as GraphQL shows it. `document` is the event, or what a reader may see of it. */
export function eventModel(position: number, event: EpcisEvent | Record<string, unknown>): CapturedEvent {
  const document = event as Record<string, unknown>;
  const text = (name: string): string | null => (typeof document[name] === 'string' ? document[name] : null);
  return {
    eventID: text('eventID') ?? '',
    position,
    type: text('type') ?? '',
    action: text('action'),
    bizStep: text('bizStep'),
    disposition: text('disposition'),
    eventTime: text('eventTime') ?? '',
    recordTime: text('recordTime') ?? '',
    epcs: epcsOfEvent(document),
    document,
    erased: (document[ERASED_FIELD] as ErasedMark | undefined) ?? null,
  };
}

/** Every instance EPC that an event names: parent, then the list of objects or children. */
export function epcsOfEvent(event: Record<string, unknown>): string[] {
  const parent = event['parentID'];
  const lists = ['epcList', 'childEPCs'].flatMap((name) => (event[name] as string[] | undefined) ?? []);
  return typeof parent === 'string' ? [parent, ...lists] : lists;
}

export const stepResult = (captured: Captured): StepResult => ({
  event: eventModel(captured.position, captured.event),
  duplicate: captured.duplicate && captured.repeats === undefined,
  repeats: captured.repeats?.repeats ?? 0,
});
