import { DocumentError, type DocumentPlace } from '../../../domain/epcis/document.js';
import { parseStrictJson } from '../../../domain/json/strict-json.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the bytes of a JSON value. Throws DocumentError for what is not UTF-8 or not JSON, a member that appears twice or is
 * called `__proto__`, and text that no database and no other reader keeps: NUL and half surrogate pairs.
 */
export function parseJsonBytes(bytes: Uint8Array, place: DocumentPlace): unknown {
  const text = decoded(bytes, place);
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    throw new DocumentError('JSON_MALFORMED', place, 'JSON', error instanceof Error ? error.message : String(error));
  }
  if (text.includes('\\u') || text.includes('__proto__')) refuseUnsafe(value, place.pointer ?? '');
  return value;
}

function decoded(bytes: Uint8Array, place: DocumentPlace): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new DocumentError('ENCODING_INVALID', place, 'UTF-8', 'other bytes');
  }
}

function refuseUnsafe(value: unknown, pointer: string): void {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return;
    throw new DocumentError(
      'VALUE_INVALID',
      { pointer },
      'text without NUL and half surrogate pairs',
      JSON.stringify(value),
    );
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || name.includes('\0') || !name.isWellFormed()) {
      throw new DocumentError('NAME_REFUSED', { pointer }, 'another name', JSON.stringify(name));
    }
    refuseUnsafe(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}
