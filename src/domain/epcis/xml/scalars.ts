import { parseDateTime } from '../date-time.js';
import type { JsonValue } from '../event.js';
import { plainDecimal } from '../hash-values.js';
import { isStandardWord, VOCABULARIES, type VocabularyName } from '../vocabulary.js';

/** How one simple value is read from XML text and written to it. `read` answers undefined for text that is not allowed. */
export interface Scalar {
  readonly expected: string;
  readonly read: (text: string, strict: boolean) => JsonValue | undefined;
  readonly write: (value: JsonValue) => string | undefined;
}

const asText = (value: JsonValue): string | undefined => (typeof value === 'string' ? value : undefined);
const asNumber = (value: JsonValue): string | undefined =>
  typeof value === 'number' ? plainDecimal(String(value)) : undefined;

export const text: Scalar = { expected: 'a text', read: (value) => value, write: asText };
export const uri: Scalar = { expected: 'a URI', read: (value) => value.trim(), write: asText };

/** XSD dateTime; EPCIS wants the zone. Senders of 1.2 leave the seconds out, and they are completed. */
export const time: Scalar = {
  expected: 'a date and time with offset, like 2026-03-01T08:00:00.000+03:00',
  read: (value, strict) => {
    const given = value.trim();
    const complete = strict ? given : given.replace(/(T\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/, '$1:00$2');
    return Number.isNaN(parseDateTime(complete)) ? undefined : complete;
  },
  write: asText,
};

export const decimal: Scalar = {
  expected: 'a decimal number',
  read: (value) => (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(value.trim()) ? Number(value) : undefined),
  write: asNumber,
};

export const double: Scalar = {
  expected: 'a number',
  read: (value) => {
    const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(value.trim()) ? Number(value) : NaN;
    return Number.isFinite(number) ? number : undefined;
  },
  write: (value) => (typeof value === 'number' ? String(value) : undefined),
};

export const boolean: Scalar = {
  expected: 'true or false',
  read: (value) => ({ true: true, 1: true, false: false, 0: false })[value.trim()],
  write: (value) => (typeof value === 'boolean' ? String(value) : undefined),
};

export const oneOf = (words: readonly string[]): Scalar => ({
  expected: `one of ${words.join(', ')}`,
  read: (value) => (words.includes(value) ? value : undefined),
  write: asText,
});

/** The beginning of a listed word in XML, and what stands in XML for the JSON that looks like it. */
interface Spelling {
  readonly xml: string;
  /** A beginning that JSON may use for a listed word, and what it is in XML. */
  readonly other?: { readonly json: string; readonly xml: string };
}

const GS1_WORDS: Spelling = { xml: 'gs1:', other: { json: 'gs1:', xml: VOCABULARIES.measurementType.webUri } };
const SPELLINGS: Readonly<Record<VocabularyName, Spelling>> = {
  bizStep: { xml: 'urn:epcglobal:cbv:bizstep:' },
  disposition: { xml: 'urn:epcglobal:cbv:disp:' },
  bizTransactionType: { xml: 'urn:epcglobal:cbv:btt:' },
  sourceDestinationType: { xml: 'urn:epcglobal:cbv:sdt:' },
  errorReason: { xml: 'urn:epcglobal:cbv:er:' },
  component: { xml: VOCABULARIES.component.webUri },
  measurementType: GS1_WORDS,
  alertType: GS1_WORDS,
};

/** A word of a vocabulary: a bare word in JSON is a URI in XML. Every other spelling is the same in both. */
export const term = (vocabulary: VocabularyName): Scalar => {
  const { xml, other } = SPELLINGS[vocabulary];
  const swap = (value: string, from: string, to: string): string | undefined => {
    const word = value.slice(from.length);
    return value.startsWith(from) && isStandardWord(vocabulary, word) ? to + word : undefined;
  };
  return {
    expected: `a ${vocabulary}`,
    read: (value) => {
      const given = value.trim();
      return swap(given, xml, '') ?? (other && swap(given, other.xml, other.json)) ?? given;
    },
    write: (value) =>
      typeof value === 'string'
        ? ((other && swap(value, other.json, other.xml)) ?? swap(value, '', xml) ?? value)
        : undefined,
  };
};
