import { Field, InputType, Int } from '@nestjs/graphql';
import { ActingInput } from '../capture/acting.input.js';

@InputType({ description: 'Whole packs go to patients.' })
export class DispenseInput extends ActingInput {
  @Field(() => [String], { description: 'EPCs of packs, at most 10,000.' })
  epcs: string[];
}

@InputType({ description: 'Some units of one pack go to a patient.' })
export class PartDispenseInput extends ActingInput {
  @Field({ description: 'EPC of the pack.' })
  epc: string;

  @Field(() => Int, { description: 'Units handed out, as tablets. The pack size says how many there are.' })
  units: number;
}

@InputType({ description: 'A dispense is taken back, within 240 hours and at the same site.' })
export class UndoDispenseInput extends ActingInput {
  @Field(() => [String], { description: 'EPCs of packs that were dispensed here.' })
  epcs: string[];

  @Field({ description: 'You attest that the packs never left your hands.' })
  notHandedOut: boolean;
}
