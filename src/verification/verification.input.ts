import { Field, InputType } from '@nestjs/graphql';
import { AccessPurpose } from '../access/access.model.js';
import type { Purpose } from '../access/purpose.js';
import { EventTime } from '../platform/graphql/scalars.js';

@InputType({ description: 'A scan of a pack.' })
export class VerifyInput {
  @Field(() => String, {
    description: 'What the scanner or the keyboard gave, unchanged: faults are found and repaired here, openly.',
  })
  scan: string;

  @Field(() => String, {
    nullable: true,
    description: 'GLN of the site of yours where it was scanned. Your only site, if you have one.',
  })
  site?: string | null;

  @Field(() => AccessPurpose, { nullable: true, description: 'Why you ask. STATUS.' })
  purpose?: Purpose | null;

  @Field(() => EventTime, {
    nullable: true,
    description: 'When it was scanned; now. The same scan with the same time counts once, so send it with a retry.',
  })
  scannedAt?: string | null;
}

@InputType({ description: 'Something is wrong with a pack. Name it by its scan, or by GTIN and serial number.' })
export class SuspicionInput {
  @Field(() => String, { nullable: true, description: 'What the scanner gave.' })
  scan?: string | null;

  @Field(() => String, { nullable: true, description: 'GTIN of 14 digits, with `serial` instead of `scan`.' })
  gtin?: string | null;

  @Field(() => String, { nullable: true, description: 'Serial number.' })
  serial?: string | null;

  @Field(() => String, { description: 'What is wrong, 1 to 500 characters.' })
  reason: string;

  @Field(() => String, { nullable: true, description: 'GLN of the site of yours where the pack is. Your only site.' })
  site?: string | null;

  @Field(() => EventTime, { description: 'When it was seen. The same report with the same time is the same event.' })
  eventTime: string;
}
