import { EVENT_TYPES } from '../event.js';
import { EVENT_SHAPES } from '../event-shapes.js';

const EVENT_FIELDS: ReadonlySet<string> = new Set(
  EVENT_TYPES.flatMap((type) => Object.keys(EVENT_SHAPES[type].fields)),
);

/** True for a field of the standard at the top of an event. */
export const isEventField = (name: string): boolean => EVENT_FIELDS.has(name);
