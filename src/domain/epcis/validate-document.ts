import { isFields, type Fields } from './checks.js';
import { parseDateTime } from './date-time.js';
import { DocumentError, type DocumentErrorCode } from './document.js';
import { isUri } from './identifiers.js';
import { pointerTo } from './problems.js';

type Refuse = (pointer: string, code: DocumentErrorCode, expected: string, got: unknown) => void;
type Check = (value: unknown, pointer: string, refuse: Refuse) => void;

const MOST_PROBLEMS = 100;

/**
 * What is wrong with the JSON of a document, its events not looked at (JSON schema 2.0, `epcisDocument` and
 * `epcisQueryDocument`). Events are `validateEvent`'s.
 */
export function checkDocument(document: Fields): readonly DocumentError[] {
  const problems: DocumentError[] = [];
  const refuse: Refuse = (pointer, code, expected, got) => {
    if (problems.length < MOST_PROBLEMS) problems.push(new DocumentError(code, { pointer }, expected, shown(got)));
  };
  const check = DOCUMENTS.get(document['type']);
  if (check === undefined) {
    refuse(
      '/type',
      'DOCUMENT_TYPE_UNKNOWN',
      'EPCISDocument, EPCISQueryDocument or the type of an event',
      document['type'],
    );
  } else check(document, '', refuse);
  return problems;
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value));

const text: Check = (value, pointer, refuse) => {
  if (typeof value !== 'string') refuse(pointer, 'TYPE_WRONG', 'a text', value);
};
const textThat =
  (expected: string, test: (text: string) => boolean): Check =>
  (value, pointer, refuse) => {
    if (typeof value !== 'string') refuse(pointer, 'TYPE_WRONG', expected, value);
    else if (!test(value)) refuse(pointer, 'VALUE_INVALID', expected, value);
  };
const uri = textThat('an absolute URI', isUri);
const time = textThat('a date and time with offset', (value) => !Number.isNaN(parseDateTime(value)));
const version = textThat('a version like 2.0', (value) => /^\d+(\.\d+)*$/.test(value));
const attribute: Check = (value, pointer, refuse) => {
  if (typeof value !== 'string' && typeof value !== 'number' && !isFields(value)) {
    refuse(pointer, 'TYPE_WRONG', 'a text, a number or an object', value);
  }
};
const listOf =
  (member: Check): Check =>
  (value, pointer, refuse) => {
    if (!Array.isArray(value)) return refuse(pointer, 'TYPE_WRONG', 'a list', value);
    value.forEach((item: unknown, at) => member(item, pointerTo(pointer, at), refuse));
  };
const anyList = listOf(() => undefined);
const context: Check = (value, pointer, refuse) => {
  if (typeof value === 'string') return uri(value, pointer, refuse);
  if (Array.isArray(value)) {
    return value.forEach((part: unknown, at) =>
      typeof part === 'string' || isFields(part)
        ? undefined
        : refuse(pointerTo(pointer, at), 'TYPE_WRONG', 'a URI or an object', part),
    );
  }
  if (!isFields(value)) refuse(pointer, 'TYPE_WRONG', 'a URI, an object or a list of them', value);
};

interface Shape {
  readonly fields: Readonly<Record<string, Check>>;
  readonly required: readonly string[];
  /** Names that are neither fields nor extensions may stand there too. */
  readonly open?: boolean;
}

const object =
  ({ fields, required, open = false }: Shape): Check =>
  (value, pointer, refuse) => {
    if (!isFields(value)) return refuse(pointer, 'TYPE_WRONG', 'an object', value);
    for (const name of required) {
      if (value[name] === undefined) refuse(pointerTo(pointer, name), 'FIELD_REQUIRED', name, undefined);
    }
    for (const [name, member] of Object.entries(value)) {
      if (Object.hasOwn(fields, name)) fields[name]!(member, pointerTo(pointer, name), refuse);
      else if (!open && !isUri(name)) {
        const expected = `${Object.keys(fields).join(', ')}, or a prefixed name`;
        refuse(pointerTo(pointer, name), 'FIELD_UNKNOWN', expected, name);
      }
    }
  };

const vocabularyElement = object({
  fields: {
    id: uri,
    attributes: listOf(object({ fields: { id: uri, attribute }, required: ['id'], open: true })),
    children: listOf(uri),
  },
  required: ['id'],
  open: true,
});
const vocabularyList = listOf(
  object({ fields: { type: uri, vocabularyElementList: listOf(vocabularyElement) }, required: ['type'], open: true }),
);
const epcisHeader = object({
  fields: { epcisMasterData: object({ fields: { vocabularyList }, required: [], open: true }) },
  required: [],
});
const queryResults = object({
  fields: {
    queryName: text,
    subscriptionID: text,
    resultsBody: object({ fields: { eventList: anyList, vocabularyList }, required: ['eventList'] }),
  },
  required: ['queryName', 'resultsBody'],
});
const COMMON = { '@context': context, id: uri, type: text, schemaVersion: version, creationDate: time, epcisHeader };

const DOCUMENTS: ReadonlyMap<unknown, Check> = new Map([
  [
    'EPCISDocument',
    object({
      fields: {
        ...COMMON,
        instanceIdentifier: text,
        sender: text,
        receiver: text,
        epcisBody: object({ fields: { eventList: anyList }, required: ['eventList'], open: true }),
      },
      required: ['@context', 'type', 'schemaVersion', 'creationDate', 'epcisBody'],
    }),
  ],
  [
    'EPCISQueryDocument',
    object({
      fields: { ...COMMON, epcisBody: object({ fields: { queryResults }, required: ['queryResults'] }) },
      required: ['@context', 'type', 'epcisBody'],
    }),
  ],
]);
