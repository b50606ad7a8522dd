import { DomainError } from '../errors.js';

/** N digits, X set 82, Y set 39, Z set 64 (file-safe base64). */
export type ComponentType = 'N' | 'X' | 'Y' | 'Z';

/** One part of the value of an application identifier; lengths in characters. */
export interface AiComponent {
  readonly type: ComponentType;
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly linters: readonly string[];
}

/** One line of the GS1 Barcode Syntax Dictionary: an application identifier, or a range of them that differ in the last digit. */
export interface AiEntry {
  readonly first: string;
  readonly last: string;
  /** False for the identifiers of pre-defined length, which no FNC1 has to end. */
  readonly fnc1: boolean;
  /** True where it may stand in the query of a GS1 Digital Link. */
  readonly dlAttribute: boolean;
  readonly components: readonly AiComponent[];
  /** Every member must hold; one holds when all identifiers of one of its groups are there. `n` stands for any digit. */
  readonly requires: readonly (readonly (readonly string[])[])[];
  /** None of these may be there. `n` stands for any digit. */
  readonly excludes: readonly string[];
  /** The ordered qualifiers of a GS1 Digital Link primary key, an array for each alternative; undefined when it is none. */
  readonly dlQualifiers?: readonly (readonly string[])[];
  readonly title: string;
}

export class SyntaxDictionaryError extends DomainError<'SYNTAX_DICTIONARY_INVALID'> {
  override readonly name = 'SyntaxDictionaryError';

  constructor(line: string, expected: string) {
    super('SYNTAX_DICTIONARY_INVALID', `Expected ${expected} in the dictionary line ${JSON.stringify(line)}.`, {
      line,
    });
  }
}

/** Reads the text of the GS1 Barcode Syntax Dictionary. Throws SyntaxDictionaryError. */
export function parseSyntaxDictionary(text: string): readonly AiEntry[] {
  const entries: AiEntry[] = [];
  for (const line of text.split(/\r?\n/)) if (/^\d/.test(line)) entries.push(parseLine(line));
  return entries;
}

function parseLine(line: string): AiEntry {
  const hash = line.indexOf('#');
  const words = (hash < 0 ? line : line.slice(0, hash)).trim().split(/\s+/);
  const title = hash < 0 ? '' : line.slice(hash + 1).trim();
  const [first, last] = parseRange(words.shift()!, line);
  const flags = /^[*?!"$%&'()+,\-./:;<=>@[\\\]^_`{|}~]+$/.test(words[0] ?? '') ? words.shift()! : '';
  const components: AiComponent[] = [];
  while (words.length > 0 && /^\[?[NXYZ]/.test(words[0]!)) components.push(parseComponent(words.shift()!, line));
  if (components.length === 0) throw new SyntaxDictionaryError(line, 'a component such as N6');
  return {
    first,
    last,
    fnc1: !flags.includes('*'),
    dlAttribute: flags.includes('?'),
    components,
    ...parseAttributes(words, line),
    title,
  };
}

function parseRange(word: string, line: string): readonly [string, string] {
  const match = /^(\d{2,4})(?:-(\d{2,4}))?$/.exec(word);
  if (match === null) throw new SyntaxDictionaryError(line, 'an application identifier or a range');
  const first = match[1]!;
  const last = match[2] ?? first;
  if (last.length !== first.length || last.slice(0, -1) !== first.slice(0, -1) || last < first) {
    throw new SyntaxDictionaryError(line, 'a range that varies in its last digit');
  }
  return [first, last];
}

function parseComponent(word: string, line: string): AiComponent {
  const match = /^(\[?)([NXYZ])(\.\.)?(\d+)(\]?)((?:,[a-z0-9]+)*)$/.exec(word);
  if (match === null || (match[1] === '[') !== (match[5] === ']')) {
    throw new SyntaxDictionaryError(line, 'a component such as [X..17],csum');
  }
  const max = Number(match[4]);
  return {
    type: match[2] as ComponentType,
    min: match[3] === undefined ? max : 1,
    max,
    optional: match[1] === '[',
    linters: match[6] === '' ? [] : match[6]!.slice(1).split(','),
  };
}

type Attributes = Pick<AiEntry, 'requires' | 'excludes' | 'dlQualifiers'>;

function parseAttributes(words: readonly string[], line: string): Attributes {
  const requires: (readonly (readonly string[])[])[] = [];
  const excludes: string[] = [];
  let dlQualifiers: readonly (readonly string[])[] | undefined;
  for (const word of words) {
    const [key, value] = word.split('=', 2) as [string, string | undefined];
    if (key === 'req' && value) requires.push(value.split(',').map((group) => group.split('+')));
    else if (key === 'ex' && value) excludes.push(...value.split(','));
    else if (key === 'dlpkey')
      dlQualifiers = value === undefined ? [[]] : value.split('|').map((one) => one.split(','));
    else throw new SyntaxDictionaryError(line, 'req=, ex= or dlpkey');
  }
  return dlQualifiers === undefined ? { requires, excludes } : { requires, excludes, dlQualifiers };
}
