import { DomainError } from '../errors.js';
import { findAi, type AiDefinition } from './application-identifier.js';
import { checkAiValue, type AiValue } from './element-string.js';
import { isDigits } from './check-digit.js';
import { isKeyPath, keyPathOf } from './key-path.js';
import { percentDecode, percentEncode } from './percent.js';
import { CANONICAL_STEM } from './epc.js';
import { CONVENIENCE_ALPHAS } from './convenience-alphas.js';

export interface DigitalLinkOptions {
  /** Read `gtin`, `ser`, `lot`... in the path, which version 1.1 of the standard deprecated. */
  readonly permitConvenienceAlphas?: boolean;
  /** Fill a GTIN of 8, 12 or 13 digits to 14. */
  readonly permitZeroSuppressedGtin?: boolean;
  readonly permitUnknownAis?: boolean;
  /** Accept an unknown identifier in the query. */
  readonly unknownAisAreAttributes?: boolean;
}

export type DigitalLinkErrorCode =
  | 'DL_AI_DUPLICATE'
  | 'DL_AI_UNKNOWN'
  | 'DL_ATTRIBUTE_INVALID'
  | 'DL_BELONGS_IN_PATH'
  | 'DL_KEY_MISSING'
  | 'DL_PATH_INVALID'
  | 'DL_URI_INVALID'
  | 'DL_VALUE_EMPTY';

export class DigitalLinkError extends DomainError<DigitalLinkErrorCode> {
  override readonly name = 'DigitalLinkError';
}

const refuse = (code: DigitalLinkErrorCode, message: string): never => {
  throw new DigitalLinkError(code, message);
};

interface UriParts {
  readonly path: string;
  readonly query: string;
}

const SCHEME = /^(?:https:\/\/|http:\/\/|HTTPS:\/\/|HTTP:\/\/)/;

function split(uri: string): UriParts {
  if (!/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/.test(uri)) refuse('DL_URI_INVALID', 'Not a character of a URI.');
  const scheme = SCHEME.exec(uri)?.[0] ?? refuse('DL_URI_INVALID', 'Expected http:// or https://.');
  const slash = uri.indexOf('/', scheme.length);
  if (slash <= scheme.length) refuse('DL_URI_INVALID', 'Expected a domain and a path.');
  if (/[_~?#@!$&'()*+,;=%]/.test(uri.slice(scheme.length, slash))) refuse('DL_URI_INVALID', 'Not a domain.');
  const rest = uri.slice(slash).split('#', 1)[0]!;
  const mark = rest.indexOf('?');
  return mark < 0 ? { path: rest, query: '' } : { path: rest.slice(0, mark), query: rest.slice(mark + 1) };
}

function findSegment(segment: string, options: DigitalLinkOptions): AiDefinition | undefined {
  const ai = options.permitConvenienceAlphas === true ? (CONVENIENCE_ALPHAS.get(segment) ?? segment) : segment;
  return findAi(ai, options.permitUnknownAis);
}

interface PathPair {
  readonly definition: AiDefinition;
  readonly raw: string;
}

/** Walks the path backwards in pairs to the rightmost primary key, as the standard has it. */
function pathPairs(path: string, options: DigitalLinkOptions): readonly PathPair[] {
  const segments = path.slice(1).split('/');
  const pairs: PathPair[] = [];
  for (let at = segments.length - 2; at >= 0; at -= 2) {
    const definition = findSegment(segments[at]!, options);
    if (definition === undefined) break;
    pairs.unshift({ definition, raw: segments[at + 1]! });
    if (definition.dlQualifiers !== undefined) return pairs;
  }
  return refuse('DL_KEY_MISSING', `There is no GS1 primary key in ${JSON.stringify(path)}.`);
}

function decodeValue(ai: string, raw: string, inQuery: boolean, options: DigitalLinkOptions): string {
  if (raw === '') return refuse('DL_VALUE_EMPTY', `AI (${ai}) has no value.`);
  const value = percentDecode(inQuery ? raw.replaceAll('+', ' ') : raw);
  if (value.includes('\0')) return refuse('DL_VALUE_EMPTY', `AI (${ai}) contains a null.`);
  const suppressed = ai === '01' && [8, 12, 13].includes(value.length) && options.permitZeroSuppressedGtin === true;
  return suppressed ? value.padStart(14, '0') : value;
}

function element(definition: AiDefinition, raw: string, inQuery: boolean, options: DigitalLinkOptions): AiValue {
  const { ai } = definition;
  const value = decodeValue(ai, raw, inQuery, options);
  checkAiValue(definition, ai, value);
  return { ai, value, definition };
}

function queryElements(query: string, options: DigitalLinkOptions): readonly AiValue[] {
  const values: AiValue[] = [];
  for (const parameter of query.split('&')) {
    const equals = parameter.indexOf('=');
    const ai = parameter.slice(0, Math.max(equals, 0));
    if (!isDigits(ai)) continue;
    const definition = findAi(ai, options.permitUnknownAis) ?? refuse('DL_AI_UNKNOWN', `There is no AI (${ai}).`);
    values.push(element(definition, parameter.slice(equals + 1), true, options));
  }
  return values;
}

function checkAttribute(definition: AiDefinition, options: DigitalLinkOptions): void {
  const permitted = definition.known ? definition.dlAttribute : options.unknownAisAreAttributes === true;
  if (!permitted) refuse('DL_ATTRIBUTE_INVALID', `AI (${definition.ai}) must not stand in the query.`);
}

function checkAttributes(path: readonly AiValue[], attributes: readonly AiValue[], options: DigitalLinkOptions): void {
  const seen = new Set(path.map(({ ai }) => ai));
  const sequence = path.map(({ ai }) => ai);
  for (const { ai, definition } of attributes) {
    if (seen.has(ai)) refuse('DL_AI_DUPLICATE', `AI (${ai}) is there twice.`);
    seen.add(ai);
    checkAttribute(definition, options);
    for (let at = 1; at <= sequence.length; at++) {
      if (isKeyPath(sequence.toSpliced(at, 0, ai))) refuse('DL_BELONGS_IN_PATH', `AI (${ai}) belongs in the path.`);
    }
  }
}

/**
 * Parses an uncompressed GS1 Digital Link URI (version 1.6.0): primary key and qualifiers of the path, then the attributes of
 * the query. Throws DigitalLinkError, or ElementStringError for a value that its identifier does not allow. The rules between
 * element strings are `checkAssociations`.
 */
export function parseDigitalLink(uri: string, options: DigitalLinkOptions = {}): readonly AiValue[] {
  const { path, query } = split(uri);
  const inPath = pathPairs(path, options).map(({ definition, raw }) => element(definition, raw, false, options));
  const inQuery = queryElements(query, options);
  if (!isKeyPath(inPath.map(({ ai }) => ai))) refuse('DL_PATH_INVALID', 'The qualifiers do not go with the key.');
  checkAttributes(inPath, inQuery, options);
  return [...inPath, ...inQuery];
}

/**
 * Writes the GS1 Digital Link of an element string: the first primary key with the longest run of its qualifiers in the path,
 * everything else in the query, pre-defined lengths first. Throws DigitalLinkError.
 */
export function toDigitalLink(
  values: readonly AiValue[],
  stem: string = CANONICAL_STEM,
  options: DigitalLinkOptions = {},
): string {
  const key = values.find(({ definition }) => definition.dlQualifiers !== undefined);
  if (key === undefined) return refuse('DL_KEY_MISSING', 'There is no GS1 primary key among the element strings.');
  const unique = values.filter(({ ai }, at) => values.findIndex((other) => other.ai === ai) === at);
  const path = keyPathOf(key.definition, new Set(unique.map(({ ai }) => ai)));
  const inPath = path.map((ai) => unique.find((one) => one.ai === ai)!);
  const attributes = unique.filter(({ ai }) => !path.includes(ai));
  for (const { definition } of attributes) checkAttribute(definition, options);
  const ordered = [
    ...attributes.filter(({ definition }) => !definition.fnc1),
    ...attributes.filter(({ definition }) => definition.fnc1),
  ];
  const query = ordered.map(({ ai, value }) => `${ai}=${percentEncode(value).replaceAll('%20', '+')}`).join('&');
  const pathText = inPath.map(({ ai, value }) => `/${ai}/${percentEncode(value)}`).join('');
  return (stem.endsWith('/') ? stem.slice(0, -1) : stem) + pathText + (query === '' ? '' : `?${query}`);
}
