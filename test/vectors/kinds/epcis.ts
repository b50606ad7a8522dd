import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventHash, type EventHashProfile } from '../../../src/domain/epcis/event-hash.js';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';

interface HashVector {
  file: string;
  /** Counted from 1. */
  event: number;
  hash: string;
  documentedOrderHash?: string;
}

interface EventHolder {
  [ignored: `${string}:ignoreFields`]: string[] | undefined;
}

interface JsonDocument extends EventHolder {
  '@context'?: unknown;
  epcisBody: {
    eventList?: { type: string }[];
    queryResults?: EventHolder & { resultsBody: EventHolder & { eventList: { type: string }[] } };
  };
}

const isJson = (file: string): boolean => /\.json(ld)?$/.test(file);

/** The names that a document or query result says its repository added (`<prefix>:ignoreFields`). */
function ignoredExtensions(document: JsonDocument): string[] {
  const results = document.epcisBody.queryResults;
  return [document, results, results?.resultsBody]
    .flatMap((holder) => Object.entries(holder ?? {}))
    .flatMap(([name, value]) => (name.endsWith(':ignoreFields') ? (value as string[]) : []));
}

/** A hasher for the events of the document at `path`, by their index from 0. */
function openDocument(path: string): { count: number; hash(index: number, profile: EventHashProfile): string } {
  const document = JSON.parse(readFileSync(path, 'utf8')) as JsonDocument;
  const { eventList, queryResults } = document.epcisBody;
  const events = eventList ?? queryResults?.resultsBody.eventList ?? [];
  const options = { context: document['@context'], ignoredExtensions: ignoredExtensions(document) };
  const hash = (index: number, profile: EventHashProfile): string => {
    const event = events[index];
    if (event === undefined) return `no event ${index + 1}`;
    try {
      return eventHash(event, { ...options, profile });
    } catch (error) {
      return String(error);
    }
  };
  return { count: events.length, hash };
}

const equal = (name: string, expected: string, got: string): CaseResult => ({
  name,
  ok: expected === got,
  expected,
  got,
});

/** Each row in both profiles; they differ only where the row has a hash for each. XML documents wait for their reader. */
function hashes({ path }: VectorFile): CaseResult[] {
  const rows = readFileSync(path, 'utf8').trim().split('\n');
  return rows.flatMap((row) => {
    const vector = JSON.parse(row) as HashVector;
    const name = `${vector.file} event ${vector.event}`;
    if (!isJson(vector.file)) return [{ name, ok: false, skipped: true }];
    const document = openDocument(join(dirname(path), 'documents', vector.file));
    const at = vector.event - 1;
    return [
      equal(name, vector.documentedOrderHash ?? vector.hash, document.hash(at, 'documented')),
      equal(`${name}, reference-impl`, vector.hash, document.hash(at, 'reference-impl')),
    ];
  });
}

/** Every event of the file has the hash of the first. */
function expectedEqual({ path, relativePath }: VectorFile): CaseResult[] {
  if (!isJson(relativePath)) return [{ name: 'one hash', ok: false, skipped: true }];
  const document = openDocument(path);
  const first = document.hash(0, 'documented');
  return Array.from({ length: document.count }, (_, at) => {
    const got = document.hash(at, 'documented');
    return { name: `event ${at + 1}`, ok: got === first && got.startsWith('ni:'), expected: first, got };
  });
}

/** CBV event hash vectors. */
export const epcisKinds: VectorKind[] = [
  { name: 'event hash', matches: (path) => path === 'epcis/event-hash/hashes.jsonl', run: hashes },
  {
    name: 'event hash, expected equal',
    matches: (path) => /^epcis\/event-hash\/expected-equal\/.*\.(json|jsonld|xml)$/.test(path),
    run: expectedEqual,
  },
];
