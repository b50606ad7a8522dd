import { Field, ObjectType } from '@nestjs/graphql';
import { PageOf } from '../../platform/graphql/pagination.js';
import { Position } from '../../platform/graphql/scalars.js';
import type { GapRow } from '../trails.store.js';

@ObjectType({ description: 'What of a reported event could not be decided about a pack or container.' })
export class EventGap {
  @Field(() => String, { description: 'The EPC, as a GS1 Digital Link, or the eventID of an event that is missing.' })
  epc: string;

  @Field(() => String, { description: 'Why, in the codes of docs/formats/custody.md.' })
  code: string;

  @Field(() => String, { description: 'In plain English.' })
  message: string;

  @Field(() => Date, { description: 'Since when.' })
  openedAt: Date;

  @Field(() => Position, { nullable: true, description: 'The event that closed it; nothing while it is open.' })
  resolvedIn: number | null;

  @Field(() => Date, { nullable: true, description: 'When it was closed.' })
  resolvedAt: Date | null;
}

@ObjectType({ description: 'An open gap, with the event that it is of.' })
export class OpenGap extends EventGap {
  @Field(() => Position, { description: 'The event.' })
  position: number;
}

@ObjectType({ description: 'A page of open gaps, the newest event first.' })
export class OpenGapPage extends PageOf(OpenGap) {}

export const gapModel = ({ epc, code, details, openedAt, resolvedIn, resolvedAt }: GapRow): EventGap => ({
  ...{ epc, code, resolvedIn },
  message: details,
  openedAt: new Date(openedAt),
  resolvedAt: resolvedAt === null ? null : new Date(resolvedAt),
});
