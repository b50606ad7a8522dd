import { DomainError } from '../../../domain/errors.js';
import { CONVENIENCE_ALPHAS } from '../../../domain/gs1/convenience-alphas.js';
import { parseDigitalLink, toDigitalLink } from '../../../domain/gs1/digital-link.js';
import type { AiValue } from '../../../domain/gs1/element-string.js';
import { AI_TABLE } from '../../../domain/gs1/generated/ai-table.js';
import { percentEncode } from '../../../domain/gs1/percent.js';
import { BadRequestError } from '../../../platform/http/problem.js';

/** The primary keys of GS1 Digital Link, as path segments. */
export const PRIMARY_KEYS: readonly string[] = AI_TABLE.filter(({ dlQualifiers }) => dlQualifiers !== undefined).map(
  ({ first }) => first,
);

/**
 * Words in place of primary keys, as `gtin`: version 1.0 of GS1 Digital Link had them, and verification messaging still asks
 * resolvers with them.
 */
export const PRIMARY_WORDS: readonly string[] = [...CONVENIENCE_ALPHAS.keys()].filter((word) =>
  PRIMARY_KEYS.includes(CONVENIENCE_ALPHAS.get(word)!),
);

/** The thing itself, or what it is a part of. */
export interface Level {
  /** The path under which links are kept: the key, and its finest qualifier alone, as /01/09521001000017/21/ABC. */
  readonly anchor: string;
  /** The path as a link says it, with every qualifier up to this level. */
  readonly path: string;
}

/** What a GS1 Digital Link identifies. */
export interface Identified {
  readonly elements: readonly AiValue[];
  readonly key: string;
  /** The value of the primary key; a GTIN has 14 digits. */
  readonly value: string;
  readonly lot: string | undefined;
  readonly serial: string | undefined;
  /** Key and attributes as an uncompressed canonical GS1 Digital Link. */
  readonly uri: string;
  /** The coarsest first: the primary key, then each qualifier. */
  readonly levels: readonly Level[];
  /** The query as it came, without its question mark. */
  readonly query: string;
}

const segment = ({ ai, value }: Pick<AiValue, 'ai' | 'value'>): string => `/${ai}/${percentEncode(value)}`;

/**
 * Reads path and query of a request for a GS1 Digital Link. A slash at the end and a GTIN of 8, 12 or 13 digits are
 * tolerated, words in place of keys are read; compressed links are not. Throws BadRequestError (400) with the code of what is wrong.
 */
export function identify(pathAndQuery: string): Identified {
  const mark = pathAndQuery.indexOf('?');
  const written = (mark < 0 ? pathAndQuery : pathAndQuery.slice(0, mark)).replace(/\/+$/, '');
  const inWords = PRIMARY_WORDS.includes(written.split('/')[1] ?? '');
  const path = inWords ? withKeys(written) : written;
  const query = mark < 0 ? '' : pathAndQuery.slice(mark + 1);
  const attributes = inWords ? query.replace(/(?<=^|&)exp=/, '17=') : query;
  const elements = parsed(`https://id.gs1.org${path}${attributes === '' ? '' : `?${attributes}`}`);
  const length = inPath(path, elements);
  const [key, ...qualifiers] = elements.slice(0, length) as [AiValue, ...AiValue[]];
  const of = (ai: string) => elements.slice(0, length).find((each) => each.ai === ai)?.value;
  const levels: Level[] = [{ anchor: segment(key), path: segment(key) }];
  for (const qualifier of qualifiers) {
    levels.push({ anchor: segment(key) + segment(qualifier), path: levels.at(-1)!.path + segment(qualifier) });
  }
  return {
    ...{ elements, levels, query, key: key.ai, value: key.value, lot: of('10'), serial: of('21') },
    uri: toDigitalLink(elements),
  };
}

/** Every second segment is a key, or a word for one. */
const withKeys = (path: string): string =>
  path
    .split('/')
    .map((part, at) => (at % 2 === 1 ? (CONVENIENCE_ALPHAS.get(part) ?? part) : part))
    .join('/');

function parsed(uri: string): readonly AiValue[] {
  try {
    return parseDigitalLink(uri, { permitZeroSuppressedGtin: true, unknownAisAreAttributes: true });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new BadRequestError(error.code, error.message, 400, error.details);
  }
}

/** How many elements stand in the path: those of the query come after them. Throws where something stands before the key. */
function inPath(path: string, elements: readonly AiValue[]): number {
  const keys = path.split('/').filter((_, at) => at % 2 === 1);
  if (keys.every((ai, at) => elements[at]?.ai === ai)) return keys.length;
  throw new BadRequestError('DL_PATH_INVALID', 'Nothing stands before the primary key here.');
}

/** Where the company prefix begins in the value of a key: after the indicator digit, the extension digit or the leading zero. */
export const prefixDigits = ({ key, value }: Pick<Identified, 'key' | 'value'>): string =>
  ['00', '01', '8003', '8006'].includes(key) ? value.slice(1) : value;
