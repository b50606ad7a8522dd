import { DomainError } from '../../errors.js';
import { parseStrictJson } from '../../json/strict-json.js';
import type { JsonValue } from '../event.js';
import { refuse, type XmlElement } from './element.js';

/** The JSON that an element or one of our attributes carries, with the refusals of JSON documents. */
export function parseJsonIn(element: XmlElement, json: string): JsonValue {
  let value: JsonValue;
  try {
    value = parseStrictJson(json) as JsonValue;
  } catch (error) {
    return refuse(element, 'VALUE_INVALID', 'JSON', error instanceof DomainError ? error.message : String(error));
  }
  if (json.includes('\\') || json.includes('__proto__')) refuseUnsafe(element, value);
  return value;
}

function refuseUnsafe(element: XmlElement, value: unknown): void {
  if (typeof value === 'string') {
    if (/\0|\p{Surrogate}/u.test(value)) {
      refuse(element, 'VALUE_INVALID', 'text without NUL and half surrogate pairs', JSON.stringify(value));
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '__proto__') refuse(element, 'NAME_REFUSED', 'another name', name);
      refuseUnsafe(element, name);
      refuseUnsafe(element, member);
    }
  }
}
