import { BUSINESS_STEPS, DISPOSITIONS } from '../../../domain/epcis/vocabulary.js';

interface VocabularyResource {
  /** As it is stored. */
  readonly kind: number;
  /** The parameter of SimpleEventQuery that finds the events of one value. */
  readonly parameter: string;
  /** Words of the standard, in their order: there whether an event uses them or not. */
  readonly standard: readonly string[];
}

const EVENT_TYPES = ['AggregationEvent', 'AssociationEvent', 'ObjectEvent', 'TransactionEvent', 'TransformationEvent'];

/** The resources that list what events use (EPCIS 2.0 REST, top-level resources), but for EPCs. */
export const VOCABULARIES: ReadonlyMap<string, VocabularyResource> = new Map([
  ['eventTypes', { kind: 0, parameter: 'eventType', standard: EVENT_TYPES }],
  ['bizSteps', { kind: 1, parameter: 'EQ_bizStep', standard: [...BUSINESS_STEPS].sort() }],
  ['dispositions', { kind: 2, parameter: 'EQ_disposition', standard: [...DISPOSITIONS].sort() }],
  ['readPoints', { kind: 3, parameter: 'EQ_readPoint', standard: [] }],
  ['bizLocations', { kind: 4, parameter: 'EQ_bizLocation', standard: [] }],
]);
