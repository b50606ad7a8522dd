import { parseDateTime } from './date-time.js';
import { canonicalIdentifier, identifierFault, isPlainCanonicalLink, isUri } from './identifiers.js';
import { pointerTo, type ProblemReport } from './problems.js';
import { VOCABULARIES, isStandardWord, toBareWord, toVocabularyUri, type VocabularyName } from './vocabulary.js';

/** Looks at one value and reports what is wrong with it. */
export type Check = (value: unknown, pointer: string, report: ProblemReport) => void;
export type Fields = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A check that `expected` text meets `test`. */
const textCheck =
  (expected: string, code: 'FORMAT_INVALID' | 'TIME_INVALID' | 'URI_INVALID', test: (text: string) => boolean): Check =>
  (value, pointer, report) => {
    if (typeof value !== 'string') report.add(pointer, 'TYPE_WRONG', expected, value);
    else if (!test(value)) report.add(pointer, code, expected, value);
  };

export const anyText: Check = textCheck('a text', 'FORMAT_INVALID', () => true);
export const hexText: Check = textCheck('hexadecimal digits', 'FORMAT_INVALID', (text) => /^[A-Fa-f0-9]+$/.test(text));
export const unitOfMeasure: Check = textCheck('a UN/ECE code of 2 or 3 letters or digits', 'FORMAT_INVALID', (text) =>
  /^[A-Z0-9]{2,3}$/.test(text),
);
export const dateTime: Check = textCheck(
  'a date and time with offset, like 2026-03-01T08:00:00.000+03:00',
  'TIME_INVALID',
  (text) => !Number.isNaN(parseDateTime(text)),
);
export const zoneOffset: Check = textCheck('an offset like +03:00, up to 14:00', 'FORMAT_INVALID', (text) =>
  /^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/.test(text),
);
export const uri: Check = textCheck('an absolute URI', 'URI_INVALID', isUri);

export const trueOrFalse: Check = (value, pointer, report) => {
  if (typeof value !== 'boolean') report.add(pointer, 'TYPE_WRONG', 'true or false', value);
};

export const number: Check = (value, pointer, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report.add(pointer, 'TYPE_WRONG', 'a number', value);
};

export const quantity: Check = (value, pointer, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report.add(pointer, 'TYPE_WRONG', 'a number', value);
  else if (value < 0) report.add(pointer, 'FORMAT_INVALID', 'a number that is not negative', value);
};

const FAULTS = {
  URI_INVALID: 'an EPC URN, a GS1 Digital Link or another absolute URI',
  EPC_INVALID: 'an identifier that GS1 defines',
  CHECK_DIGIT_WRONG: 'a GS1 key with the right check digit',
} as const;

/** An EPC, an EPC class, a place, a party or a document: a URI whose GS1 key, if it has one, is right. */
export const identifier: Check = (value, pointer, report) => {
  if (typeof value !== 'string') return report.add(pointer, 'TYPE_WRONG', FAULTS.URI_INVALID, value);
  const fault = identifierFault(value);
  if (fault !== undefined) report.add(pointer, fault, FAULTS[fault], value);
};

/** A list of EPCs, none twice in whichever form. Pointers are built for faults only: the list may hold 100,000. */
export const epcList: Check = (value, pointer, report) => {
  if (!Array.isArray(value)) return report.add(pointer, 'TYPE_WRONG', 'a list of EPCs', value);
  const seen = new Set<string>();
  for (let i = 0; i < value.length; i++) {
    const epc: unknown = value[i];
    const fault = typeof epc === 'string' ? identifierFault(epc) : undefined;
    if (typeof epc !== 'string' || fault !== undefined) {
      identifier(epc, pointerTo(pointer, i), report);
      continue;
    }
    const before = seen.size;
    if (seen.add(sameInAnyForm(epc)).size === before) {
      report.add(pointerTo(pointer, i), 'DUPLICATE', 'an EPC that is not in the list already', epc);
    }
  }
};

/** One text for every form of an EPC. */
export const sameInAnyForm = (epc: string): string =>
  isPlainCanonicalLink(epc) ? epc : (canonicalIdentifier(epc) ?? epc);

/** A word of a closed vocabulary, or the URI of a word of somebody else's. CBV words are not written as 1.x URNs. */
export const term =
  (vocabulary: VocabularyName): Check =>
  (value, pointer, report) => {
    const expected = `a standard ${vocabulary} or a URI of your own`;
    if (typeof value !== 'string') return report.add(pointer, 'TYPE_WRONG', expected, value);
    if (isStandardWord(vocabulary, value)) return;
    const bare = toBareWord(vocabulary, value);
    if (isForbiddenForm(value)) return report.add(pointer, 'VALUE_NOT_LISTED', `the bare word ${bare}`, value);
    const standard = toVocabularyUri(vocabulary, value).startsWith(VOCABULARIES[vocabulary].webUri);
    if (standard ? bare === value : !isUri(value)) report.add(pointer, 'VALUE_NOT_LISTED', expected, value);
  };

const isForbiddenForm = (value: string): boolean => /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/.test(value);

/** One of `words`. */
export const oneOf =
  (words: readonly string[]): Check =>
  (value, pointer, report) => {
    if (typeof value === 'string' && words.includes(value)) return;
    const code = typeof value === 'string' ? 'VALUE_NOT_LISTED' : 'TYPE_WRONG';
    report.add(pointer, code, `one of ${words.join(', ')}`, value);
  };

/** A list whose members all pass `member`, and that has at least `least` of them. */
export const listOf =
  (member: Check, least = 0): Check =>
  (value, pointer, report) => {
    if (!Array.isArray(value)) return report.add(pointer, 'TYPE_WRONG', 'a list', value);
    if (value.length < least) report.add(pointer, 'LIST_EMPTY', `at least ${least} member`, value);
    value.forEach((item: unknown, i) => member(item, pointerTo(pointer, i), report));
  };

/** Adds to a list check that no text occurs twice. */
export const unique =
  (list: Check): Check =>
  (value, pointer, report) => {
    list(value, pointer, report);
    if (!Array.isArray(value)) return;
    value.forEach((item: unknown, i) => {
      if (value.indexOf(item) < i)
        report.add(pointerTo(pointer, i), 'DUPLICATE', 'a value not in the list already', item);
    });
  };

const MOST_LEVELS = 32;

/** Any JSON value, nested at most 32 levels deep, so that whoever walks it later needs no bound. */
export const anyJson: Check = (value, pointer, report) => {
  if (deeperThan(value, MOST_LEVELS)) {
    report.add(pointer, 'NESTING_TOO_DEEP', `at most ${MOST_LEVELS} levels of nesting`, value);
  }
};

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => deeperThan(member, levels - 1));
}

export interface ObjectShape {
  readonly fields: Readonly<Record<string, Check>>;
  readonly required?: readonly string[];
  /** Whether names of extensions may stand beside the fields. */
  readonly extensible?: boolean;
  /** Names that are standard elsewhere and so deserve a better answer than "unknown". */
  readonly elsewhere?: ReadonlySet<string>;
  /** What the object is called in messages. */
  readonly name: string;
}

/** An object of the given shape. */
export const object =
  (shape: ObjectShape): Check =>
  (value, pointer, report) => {
    if (!isFields(value)) return report.add(pointer, 'TYPE_WRONG', `an object: ${shape.name}`, value);
    for (const name of shape.required ?? []) {
      if (value[name] === undefined) {
        report.add(pointerTo(pointer, name), 'FIELD_REQUIRED', `${name} of ${shape.name}`, undefined);
      }
    }
    for (const name of Object.keys(value)) checkField(shape, name, value[name], pointerTo(pointer, name), report);
  };

function checkField(shape: ObjectShape, name: string, value: unknown, pointer: string, report: ProblemReport): void {
  if (value === undefined) return;
  if (Object.hasOwn(shape.fields, name)) shape.fields[name]!(value, pointer, report);
  else if (shape.extensible === true && isUri(name)) anyJson(value, pointer, report);
  else if (shape.elsewhere?.has(name) === true) {
    report.add(pointer, 'FIELD_NOT_ALLOWED', `no ${name} in ${shape.name}`, value);
  } else {
    const names = Object.keys(shape.fields).join(', ');
    const own = shape.extensible === true ? 'a prefixed name like halisi:x' : '';
    report.add(pointer, 'FIELD_UNKNOWN', [names, own].filter((part) => part !== '').join(', or '), name);
  }
}
