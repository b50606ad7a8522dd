import { DomainError } from '../errors.js';

/** A JSON value. `undefined`, functions, dates and the like are not JSON, and `canonicalJson` refuses them. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

/** The value has no canonical JSON form; `details.path` is a JSON Pointer to what is wrong. */
export class NotJsonError extends DomainError<'JSON_NOT_CANONICAL'> {
  override readonly name = 'NotJsonError';
}

/** Where the writer is; one array, pushed and popped, because a path for every member would cost more than the text. */
type Path = (string | number)[];

const DEEPEST = 200;
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * The canonical text of a JSON value, RFC 8785: members sorted by UTF-16 code units, no white space, numbers and
 * strings as ECMAScript's JSON.stringify writes them.
 * Throws NotJsonError for NaN, an infinity, a lone surrogate, undefined, anything else that JSON does not have, and
 * for more than 200 levels (a cycle included).
 */
export const canonicalJson = (value: unknown): string => write(value, []);

/** A JSON string literal, RFC 8785 §3.2.2.2. Throws NotJsonError for a lone surrogate. */
export const canonicalString = (text: string): string => writeString(text, []);

function write(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      if (!Number.isFinite(value)) return refuse(path, 'a finite number', String(value));
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeContainer(value, path);
    default:
      return refuse(path, 'a JSON value', typeof value);
  }
}

function writeString(text: string, path: Path): string {
  if (SURROGATE.test(text) && LONE_SURROGATE.test(text)) return refuse(path, 'well-formed Unicode', 'a lone surrogate');
  return JSON.stringify(text);
}

function writeContainer(value: object, path: Path): string {
  if (path.length >= DEEPEST) return refuse(path, `at most ${DEEPEST} levels`, 'more');
  if (Array.isArray(value)) return writeList(value, path);
  const kind = Object.prototype.toString.call(value);
  if (kind !== '[object Object]') return refuse(path, 'a plain object', kind);
  return writeObject(value as Record<string, unknown>, path);
}

function writeList(list: readonly unknown[], path: Path): string {
  let text = '[';
  for (let i = 0; i < list.length; i++) {
    if (i > 0) text += ',';
    path.push(i);
    text += write(list[i], path);
    path.pop();
  }
  return text + ']';
}

function writeObject(object: Record<string, unknown>, path: Path): string {
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    if (text.length > 1) text += ',';
    path.push(name);
    text += writeString(name, path) + ':' + write(object[name], path);
    path.pop();
  }
  return text + '}';
}

function refuse(path: Path, expected: string, came: string): never {
  const pointer = path.map((name) => '/' + String(name).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
  throw new NotJsonError('JSON_NOT_CANONICAL', `Expected ${expected} at "${pointer}", got ${came}.`, {
    path: pointer,
    expected,
    came,
  });
}
