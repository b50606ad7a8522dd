import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { DocumentError } from '../../../src/domain/epcis/document.js';
import { eventHash } from '../../../src/domain/epcis/event-hash.js';
import { validateEvent } from '../../../src/domain/epcis/validate-event.js';
import type { DocumentForm } from '../../../src/interop/epcis/documents/write-document.js';
import {
  readFile,
  sameEvent,
  textOf,
  through,
  written,
  xmlContent,
  xmlSayings,
  type WholeDocument,
} from './epcis-files.js';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';

const equal = (name: string, expected: string, got: string): CaseResult => ({
  name,
  ok: expected === got,
  expected: firstDifference(expected, got),
  got: firstDifference(got, expected),
});

/** The lines of `text` that the other does not have. */
function firstDifference(text: string, other: string): string {
  const others = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !others.has(line))
    .slice(0, 5)
    .join(' | ');
}

const eventsText = ({ events }: WholeDocument): string => events.map(({ event }) => sameEvent(event)).join('\n');
const hashesOf = ({ events }: WholeDocument): string =>
  events.map(({ event }) => eventHash(event as { type: string })).join('\n');

/** A document of either form through both forms is the document. */
async function conversions(file: VectorFile): Promise<CaseResult[]> {
  const document = await readFile(file.path);
  const results: CaseResult[] = [];
  for (const form of ['xml-2.0', 'json'] as const) {
    const again = await through(document, form);
    results.push(equal(`through ${form}: header`, textOf(document.header), textOf(again.header)));
    results.push(equal(`through ${form}: events`, eventsText(document), eventsText(again)));
    results.push(equal(`through ${form}: hashes`, hashesOf(document), hashesOf(again)));
  }
  return results;
}

async function xmlAgain(file: VectorFile, form: DocumentForm): Promise<CaseResult> {
  const document = await through(await readFile(file.path), 'json');
  const given = readFileSync(file.path, 'utf8');
  return equal(`XML to JSON to ${form}`, xmlSayings(given), xmlSayings(await written(document, form)));
}

async function sameHashes(file: VectorFile, twin: string): Promise<CaseResult[]> {
  if (!existsSync(twin)) return [];
  const name = `hashes of ${basename(twin)}`;
  const difference = DIFFERENT_TWINS[file.relativePath];
  if (difference !== undefined) return [{ name: `${name}: not the same document: ${difference}`, ok: true }];
  return [equal(name, hashesOf(await readFile(twin)), hashesOf(await readFile(file.path)))];
}

/** Files that share a name with a document that says something else. */
const DIFFERENT_TWINS: Readonly<Record<string, string>> = {
  'epcis/xml-1.2/AggregationEvent.xml': 'another day, other EPCs',
  'epcis/xml-1.2/AggregationEvent_all_possible_fields.xml': 'a persistentDisposition and no certificationInfo',
  'epcis/xml-1.2/AssociationEvent.xml': 'one event of the two',
  'epcis/xml-1.2/ObjectEvent_all_possible_fields.xml': 'another action and certificationInfo',
  'epcis/xml-1.2/TransactionEvent.xml': 'another document',
  'epcis/xml-1.2/TransactionEvent_all_possible_fields.xml': 'no extensions of the event itself',
};

async function twin(file: VectorFile): Promise<CaseResult[]> {
  const isXml = file.relativePath.endsWith('.xml');
  const other = join(file.dir, 'epcis/twins/json', basename(file.path, '.xml').concat('.json'));
  return [
    ...(await conversions(file)),
    ...(isXml ? [await xmlAgain(file, 'xml-2.0'), ...(await sameHashes(file, other))] : []),
  ];
}

/** A 1.2 document in 2.0 JSON and XML and back; where it has a header, to the letter. */
async function xml12(file: VectorFile): Promise<CaseResult[]> {
  const twinPath = join(file.dir, 'epcis/twins/xml', basename(file.path));
  const given = readFileSync(file.path, 'utf8');
  const results = [
    ...(await conversions(file)),
    await xmlAgain(file, 'xml-1.2'),
    ...(await sameHashes(file, twinPath)),
  ];
  if (!given.includes('StandardBusinessDocumentHeader')) return results;
  const again = await written(await through(await readFile(file.path), 'json'), 'xml-1.2');
  return [...results, equal('every element in its place', xmlContent(given), xmlContent(again))];
}

/** Refused by the reader, or by the rules of one of its events, with a place and a rule. */
async function refused(file: VectorFile): Promise<CaseResult[]> {
  const expected = 'a refusal with its place and rule';
  const result = (got: string, ok: boolean): CaseResult[] => [{ name: 'refused', ok, expected, got }];
  try {
    const { events } = await readFile(file.path, 'schema');
    const validations = events.map(({ event, pointer }) => validateEvent(event, pointer));
    const problem = validations.flatMap((one) => (one.valid ? [] : one.problems))[0];
    return result(JSON.stringify(problem ?? 'accepted'), problem !== undefined && problem.pointer !== '');
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { pointer, path, line } = error.place;
    return result(error.message, pointer !== undefined || (path !== undefined && line !== undefined));
  }
}

/** Documents that we write as JSON, by the ratified schema. */
async function writtenJson(file: VectorFile): Promise<CaseResult[]> {
  const validate = schemaOf(join(file.dir, 'epcis/schema/epcis-json-schema-2.0.0.json'));
  const read = await readFile(file.path);
  if (validate === undefined || !read.events.every(({ event }) => validateEvent(event).valid)) return [];
  const document: unknown = JSON.parse(await written(read, 'json'));
  const ok = validate(document);
  const [error] = validate.errors ?? [];
  return [{ name: 'written JSON by the JSON schema', ok, got: `${error?.instancePath} ${error?.message}` }];
}

const schemas = new Map<string, ValidateFunction>();
function schemaOf(path: string): ValidateFunction | undefined {
  if (!existsSync(path)) return undefined;
  const known = schemas.get(path);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  schemas.set(path, validate);
  return validate;
}

/** Documents between JSON, XML 2.0 and XML 1.2. */
export const epcisDocumentKinds: VectorKind[] = [
  { name: 'twins', matches: (path) => /^epcis\/twins\/(json|xml)\/[^/]+\.(json|xml)$/.test(path), run: twin },
  { name: 'XML 1.2', matches: (path) => /^epcis\/xml-1\.2\/[^/]+\.xml$/.test(path), run: xml12 },
  {
    name: 'written JSON',
    matches: (path) => /^epcis\/(twins\/(json|xml)|xml-1\.2)\/[^/]+\.(json|xml)$/.test(path),
    run: writtenJson,
  },
  { name: 'invalid', matches: (path) => /^epcis\/invalid\/(json|xml)\/[^/]+\.(json|xml)$/.test(path), run: refused },
];
