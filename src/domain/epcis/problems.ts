/** Codes of what can be wrong with an event. Public API: stable. */
export type EventProblemCode =
  | 'EVENT_TYPE_UNKNOWN'
  | 'FIELD_REQUIRED'
  | 'FIELD_NOT_ALLOWED'
  | 'FIELD_UNKNOWN'
  | 'TYPE_WRONG'
  | 'FORMAT_INVALID'
  | 'TIME_INVALID'
  | 'VALUE_NOT_LISTED'
  | 'URI_INVALID'
  | 'EPC_INVALID'
  | 'CHECK_DIGIT_WRONG'
  | 'LIST_EMPTY'
  | 'DUPLICATE'
  | 'WHAT_MISSING'
  | 'PARENT_AMONG_CHILDREN'
  | 'NESTING_TOO_DEEP'
  | 'SENSOR_TIME_AFTER_EVENT'
  | 'SENSOR_FIELD_REPEATED'
  | 'SENSOR_RANGE_INVALID';

/** One thing that is wrong: where (RFC 6901 JSON pointer), which rule, what was expected and what came. */
export interface EventProblem {
  readonly pointer: string;
  readonly code: EventProblemCode;
  readonly expected: string;
  /** The value as JSON text, cut at 120 characters; `nothing` where it is missing. */
  readonly got: string;
}

/** A list with a thousand faults is told about its first hundred. */
const MOST_PROBLEMS = 100;

/** Collects the problems of one event. */
export class ProblemReport {
  readonly problems: EventProblem[] = [];

  add(pointer: string, code: EventProblemCode, expected: string, got: unknown): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ pointer, code, expected, got: shown(got) });
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'object' && value !== null ? outline(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function outline(value: object): string {
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : `an object with ${Object.keys(value).join(', ') || 'no fields'}`;
}

/** Appends one name or index to a JSON pointer (RFC 6901 §3). */
export function pointerTo(parent: string, step: string | number): string {
  return `${parent}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
