export type { Condition, Fields, Lookup, Vocabulary } from './condition.js';
export { QueryParameterError } from './query-error.js';
export { lookupsOf, matches, parseQuery, type SimpleEventQuery } from './simple-event-query.js';
export { termsOf } from './terms.js';
