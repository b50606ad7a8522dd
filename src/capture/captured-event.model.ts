import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { EpcisEvent } from '../domain/epcis/event.js';
import { JsonObject } from '../platform/graphql/json.scalar.js';
import { EventTime, Position } from '../platform/graphql/scalars.js';
import type { Captured } from './group.js';

@ObjectType({ description: 'An EPCIS 2.0 event: stored, durable, and at its final place in the log.' })
export class CapturedEvent {
  @Field(() => ID, { description: 'The CBV 2.0 event hash, `ni:///sha-256;...?ver=CBV2.0`.' })
  eventID: string;

  @Field(() => Position, { description: 'Its place in the log.' })
  position: number;

  @Field({ description: 'ObjectEvent, AggregationEvent, ...' })
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
