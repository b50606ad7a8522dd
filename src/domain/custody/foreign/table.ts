import type { Action, EventType } from '../../epcis/event.js';
import type { BusinessStep, Disposition } from '../../epcis/vocabulary.js';
import type { LeavingReason } from '../steps/decommissioning.js';

/** What an event of another system does to custody. */
export type ForeignStep =
  | 'commissioning'
  | 'packing'
  | 'unpacking'
  | 'shipping'
  | 'receiving'
  | 'dispensing'
  | 'part_dispensing'
  | 'decommissioning'
  | 'recalling'
  | 'repacking';

/** One line of the table: the first that fits an event says what it does. A field that is left out fits everything. */
export interface ForeignRow {
  readonly types: readonly EventType[];
  readonly actions?: readonly Action[];
  readonly bizSteps?: readonly BusinessStep[];
  readonly dispositions?: readonly Disposition[];
  readonly step: ForeignStep;
  /** Why packs leave supply. */
  readonly reason?: LeavingReason;
}

const OBJECTS: readonly EventType[] = ['ObjectEvent'];
const SEEN: readonly Action[] = ['OBSERVE', 'DELETE'];

/** From the words of CBV 2.0 to the steps of custody. What no line fits is an observation, and changes nothing. */
export const FOREIGN_STEPS: readonly ForeignRow[] = [
  { types: OBJECTS, actions: ['ADD'], bizSteps: ['commissioning'], step: 'commissioning' },
  { types: ['AggregationEvent'], actions: ['ADD'], step: 'packing' },
  { types: ['AggregationEvent'], actions: ['DELETE'], step: 'unpacking' },
  { types: ['ObjectEvent', 'AggregationEvent'], actions: ['OBSERVE'], bizSteps: ['shipping'], step: 'shipping' },
  { types: ['ObjectEvent', 'AggregationEvent'], actions: ['OBSERVE'], bizSteps: ['receiving'], step: 'receiving' },
  {
    types: OBJECTS,
    actions: SEEN,
    bizSteps: ['dispensing', 'retail_selling'],
    dispositions: ['partially_dispensed'],
    step: 'part_dispensing',
  },
  { types: OBJECTS, actions: SEEN, bizSteps: ['dispensing', 'retail_selling'], step: 'dispensing' },
  { types: OBJECTS, actions: SEEN, dispositions: ['stolen'], step: 'decommissioning', reason: 'stolen' },
  { types: OBJECTS, actions: SEEN, bizSteps: ['destroying'], step: 'decommissioning', reason: 'destroyed' },
  { types: OBJECTS, actions: SEEN, bizSteps: ['sampling'], step: 'decommissioning', reason: 'sampled' },
  {
    types: OBJECTS,
    actions: ['DELETE'],
    bizSteps: ['decommissioning'],
    dispositions: ['destroyed', 'disposed'],
    step: 'decommissioning',
    reason: 'destroyed',
  },
  {
    types: OBJECTS,
    actions: ['DELETE'],
    bizSteps: ['decommissioning'],
    dispositions: ['damaged'],
    step: 'decommissioning',
    reason: 'damaged',
  },
  {
    types: OBJECTS,
    actions: ['DELETE'],
    bizSteps: ['decommissioning'],
    dispositions: ['unknown'],
    step: 'decommissioning',
    reason: 'lost',
  },
  { types: OBJECTS, actions: ['DELETE'], bizSteps: ['decommissioning'], step: 'decommissioning', reason: 'inactive' },
  { types: OBJECTS, actions: ['OBSERVE'], bizSteps: ['holding'], dispositions: ['recalled'], step: 'recalling' },
  { types: ['TransformationEvent'], step: 'repacking' },
];

/** The line that fits, or undefined for an observation. Words are bare. */
export const rowOf = (event: {
  readonly type: string;
  readonly action: string | undefined;
  readonly bizStep: string | undefined;
  readonly disposition: string | undefined;
}): ForeignRow | undefined =>
  FOREIGN_STEPS.find(
    (row) =>
      fits(row.types, event.type) &&
      fits(row.actions, event.action) &&
      fits(row.bizSteps, event.bizStep) &&
      fits(row.dispositions, event.disposition),
  );

const fits = (wanted: readonly string[] | undefined, word: string | undefined): boolean =>
  wanted === undefined || (word !== undefined && wanted.includes(word));
