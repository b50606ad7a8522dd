import { DomainError } from '../errors.js';
import { canonicalDigitalLink } from '../gs1/canonical.js';
import { digitalLinkToUrn, EpcUriError, readEpcUrn, urnToDigitalLink } from '../gs1/epc-uri.js';
import type { EpcisEvent, JsonValue } from './event.js';
import { toBareWord, toVocabularyUri, isStandardWord, type VocabularyName } from './vocabulary.js';

export type EpcFormat = 'No_Preference' | 'Never_Translates' | 'Always_GS1_Digital_Link' | 'Always_EPC_URN';
export type CbvFormat = 'No_Preference' | 'Never_Translates' | 'Always_Web_URI' | 'Always_URN';

export interface Translation {
  readonly epcFormat: EpcFormat;
  /** In JSON a word of the CBV has no URN: `Always_URN` leaves the bare word, which XML writes as its URN. */
  readonly cbvFormat: CbvFormat;
  /**
   * How many digits the company prefix has at the start of `digits`: a GS1 key from where its prefix begins, without indicator
   * or extension digit. Undefined where nobody knows; it is not guessed.
   */
  readonly prefixLengthOf: (digits: string) => number | undefined;
}

/** An identifier that cannot be written in the form asked for. */
export class NotTranslatableError extends DomainError<'NOT_TRANSLATABLE'> {
  override readonly name = 'NotTranslatableError';
}

/** An event with its identifiers and words of the CBV in the forms asked for (EPCIS 2.0 §12.7). Throws NotTranslatableError. */
export function translateEvent(event: EpcisEvent, translation: Translation): EpcisEvent {
  const identifier = identifierTranslator(translation);
  const word = wordTranslator(translation.cbvFormat);
  if (identifier === undefined && word === undefined) return event;
  const translated = Object.entries(event).map(([name, value]): [string, unknown] => {
    const change = FIELDS[name];
    return [name, change === undefined ? value : change(value as JsonValue, identifier ?? same, word ?? sameWord)];
  });
  return Object.fromEntries(translated) as EpcisEvent;
}

/** One identifier in the form asked for; what is none of GS1's stays. Throws NotTranslatableError. */
export const translateIdentifier = (text: string, translation: Omit<Translation, 'cbvFormat'>): string =>
  identifierTranslator(translation)?.(text) ?? text;

type Identifier = (text: string) => string;
type Word = (vocabulary: VocabularyName, text: string) => string;
type Change = (value: JsonValue, identifier: Identifier, word: Word) => JsonValue;

const same: Identifier = (text) => text;
const sameWord: Word = (_vocabulary, text) => text;

function identifierTranslator({ epcFormat, prefixLengthOf }: Omit<Translation, 'cbvFormat'>): Identifier | undefined {
  if (epcFormat === 'Always_GS1_Digital_Link')
    return (text) => (readEpcUrn(text) === undefined ? text : urnToDigitalLink(text));
  return epcFormat === 'Always_EPC_URN' ? (text) => toUrn(text, prefixLengthOf) : undefined;
}

/** How many characters of a key's value stand before its company prefix: indicator, extension digit, filler. */
const BEFORE_PREFIX: Readonly<Record<string, number>> = { '00': 1, '01': 1, '8003': 1, '8006': 1 };

function toUrn(text: string, prefixLengthOf: Translation['prefixLengthOf']): string {
  const canonical = text.startsWith('http') ? canonicalDigitalLink(text) : undefined;
  if (canonical === undefined) return text;
  const [ai, value] = canonical.slice('https://id.gs1.org/'.length).split('/') as [string, string];
  const length = prefixLengthOf(value.slice(BEFORE_PREFIX[ai] ?? 0));
  if (length === undefined) throw notTranslatable(text, 'a key whose company prefix is known');
  const urn = /[?#]/.test(text) ? undefined : urnOf(text, length);
  if (urn === undefined || canonicalDigitalLink(urn) !== canonical) {
    throw notTranslatable(text, 'a Digital Link that an EPC URN can say');
  }
  return urn;
}

function urnOf(link: string, prefixLength: number): string | undefined {
  try {
    return digitalLinkToUrn(link, prefixLength);
  } catch (error) {
    if (error instanceof EpcUriError) return undefined;
    throw error;
  }
}

const notTranslatable = (identifier: string, expected: string): NotTranslatableError =>
  new NotTranslatableError('NOT_TRANSLATABLE', `Expected ${expected}; this is ${JSON.stringify(identifier)}.`, {
    identifier,
    expected,
  });

function wordTranslator(format: CbvFormat): Word | undefined {
  if (format === 'Always_URN') return toBareWord;
  if (format !== 'Always_Web_URI') return undefined;
  return (vocabulary, text) => {
    const bare = toBareWord(vocabulary, text);
    return isStandardWord(vocabulary, bare) ? toVocabularyUri(vocabulary, bare) : text;
  };
}

const text: Change = (value, identifier) => (typeof value === 'string' ? identifier(value) : value);
const term =
  (vocabulary: VocabularyName): Change =>
  (value, _identifier, word) =>
    typeof value === 'string' ? word(vocabulary, value) : value;
const list =
  (member: Change): Change =>
  (value, identifier, word) =>
    Array.isArray(value) ? (value as readonly JsonValue[]).map((one) => member(one, identifier, word)) : value;
const object =
  (fields: Readonly<Record<string, Change>>): Change =>
  (value, identifier, word) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]: [string, JsonValue]) => [
        name,
        Object.hasOwn(fields, name) ? fields[name]!(member, identifier, word) : member,
      ]),
    );
  };

const quantities = list(object({ epcClass: text }));
const place = object({ id: text });
const party = (key: string): Change => list(object({ type: term('sourceDestinationType'), [key]: text }));
const dispositions = list(term('disposition'));

const FIELDS: Readonly<Record<string, Change>> = {
  epcList: list(text),
  childEPCs: list(text),
  inputEPCList: list(text),
  outputEPCList: list(text),
  parentID: text,
  quantityList: quantities,
  childQuantityList: quantities,
  inputQuantityList: quantities,
  outputQuantityList: quantities,
  readPoint: place,
  bizLocation: place,
  transformationID: text,
  bizStep: term('bizStep'),
  disposition: term('disposition'),
  persistentDisposition: object({ set: dispositions, unset: dispositions }),
  bizTransactionList: list(object({ type: term('bizTransactionType'), bizTransaction: text })),
  sourceList: party('source'),
  destinationList: party('destination'),
  errorDeclaration: object({ reason: term('errorReason') }),
  sensorElementList: list(
    object({ sensorMetadata: object({ deviceID: text }), sensorReport: list(object({ deviceID: text })) }),
  ),
};
