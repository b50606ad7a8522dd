import type { JsonValue } from '../../domain/epcis/event.js';
import type { Registered } from './registered.js';
import type { Attributes } from './statement.js';

export interface Difference {
  readonly attribute: string;
  readonly registered: string;
  readonly said: string;
}

/** Where a statement contradicts what the owner registered; capitals and white space do not count. */
export function differences(registered: Registered | undefined, said: Attributes): Difference[] {
  if (registered === undefined) return [];
  return said.flatMap(([attribute, value]) => {
    const ours = registered.attributes.get(attribute);
    const theirs = valueText(value);
    return ours === undefined || plain(ours) === plain(theirs) ? [] : [{ attribute, registered: ours, said: theirs }];
  });
}

const plain = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

/** The value of an attribute as a text: JSON where it is none. */
export const valueText = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
