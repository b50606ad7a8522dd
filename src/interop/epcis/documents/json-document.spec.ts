import fc from 'fast-check';
import { DocumentError } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { readDocument } from './read-document.js';
import { writeDocument } from './write-document.js';
import type { DocumentEvent } from './document-source.js';
import type { DocumentLimits } from './limits.js';

const CONTEXT = ['https://ref.gs1.org/standards/epcis/epcis-context.jsonld', { ext: 'http://example.com/ext/' }];
const event = (id: string, more: object = {}): object => ({
  type: 'ObjectEvent',
  eventID: id,
  eventTime: '2026-03-01T08:00:00Z',
  eventTimeZoneOffset: '+01:00',
  action: 'OBSERVE',
  epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
  ...more,
});
const document = (...events: object[]): object => ({
  '@context': CONTEXT,
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T08:00:00Z',
  epcisHeader: { 'ext:quote': 'a "quoted\\" [ text {' },
  epcisBody: { eventList: events },
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function pieces(bytes: Uint8Array, size: number): () => AsyncIterable<Uint8Array> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) {
      await Promise.resolve();
      yield bytes.subarray(at, at + size);
    }
  };
}

const source = (text: string, size = 7): (() => AsyncIterable<Uint8Array>) =>
  pieces(new TextEncoder().encode(text), size);

async function eventsOf(text: string, limits?: Partial<DocumentLimits>, size?: number): Promise<DocumentEvent[]> {
  return all(readDocument(source(text, size), 'application/json', limits).events());
}

async function refusal(text: string, limits?: Partial<DocumentLimits>): Promise<DocumentError> {
  const error = await eventsOf(text, limits).catch((thrown: unknown) => thrown);
  if (error instanceof DocumentError) return error;
  throw new Error(`expected a DocumentError, got ${JSON.stringify(error)}`);
}

async function rewritten(text: string): Promise<unknown> {
  const read = readDocument(source(text), 'application/ld+json; charset=utf-8');
  const header = await read.header();
  const events = (await all(read.events())).map((one) => one.event as EpcisEvent);
  return JSON.parse((await all(writeDocument(header, events, 'json'))).join(''));
}

describe('a JSON document', () => {
  it('gives its events with their places, the definitions they use folded in', async () => {
    const [first, second] = await eventsOf(
      JSON.stringify(document(event('urn:a:1', { 'ext:x': 'ü' }), event('urn:a:2'))),
    );
    expect(first).toEqual({
      index: 0,
      pointer: '/epcisBody/eventList/0',
      event: event('urn:a:1', { 'ext:x': 'ü', '@context': { ext: 'http://example.com/ext/' } }),
    });
    expect(second).toMatchObject({ index: 1, pointer: '/epcisBody/eventList/1', event: event('urn:a:2') });
  });

  it('is written as it was read', async () => {
    const given = document(event('urn:a:1', { 'ext:x': 'y', '@context': [{ own: 'http://o.example/' }], 'own:z': 1 }));
    expect(await rewritten(JSON.stringify(given))).toEqual(given);
  });

  it('is written as it was read when it is a query result', async () => {
    const given = {
      '@context': CONTEXT,
      type: 'EPCISQueryDocument',
      epcisBody: {
        queryResults: { subscriptionID: 's', queryName: 'q', resultsBody: { eventList: [event('urn:a:1')] } },
      },
    };
    expect(await rewritten(JSON.stringify(given))).toEqual(given);
  });

  it('may be one event alone', async () => {
    const given = event('urn:a:1', { '@context': CONTEXT });
    const read = readDocument(source(JSON.stringify(given)), 'application/json');
    expect(await read.header()).toEqual({ type: 'ObjectEvent', '@context': CONTEXT });
    expect(await all(read.events())).toEqual([{ index: 0, pointer: '', event: given }]);
    expect(await rewritten(JSON.stringify(given))).toEqual(given);
  });

  it('reads the same in pieces of any size', async () => {
    const text = JSON.stringify(
      document(event('urn:a:1', { 'ext:a': '\\' }), event('urn:a:2', { 'ext:b': '\\"]}' }), event('urn:a:3')),
      null,
      1,
    );
    const whole = await eventsOf(text, {}, text.length * 2);
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (size) => {
        expect(await eventsOf(text, {}, size)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['FIELD_REQUIRED', '/@context', JSON.stringify({ ...document(), '@context': undefined })],
    ['FIELD_UNKNOWN', '/surprise', JSON.stringify({ ...document(), surprise: 1 })],
    ['VALUE_INVALID', '/creationDate', JSON.stringify({ ...document(), creationDate: 'today' })],
    ['DOCUMENT_TYPE_UNKNOWN', '/type', '{"type":"Document"}'],
    ['TYPE_WRONG', '', '[]'],
    ['JSON_MALFORMED', '', JSON.stringify(document()).slice(0, -1)],
    ['JSON_MALFORMED', '', JSON.stringify(document()).replace('{', '{"type":"EPCISDocument",')],
    [
      'JSON_MALFORMED',
      '/epcisBody/eventList/0',
      JSON.stringify(document(event('a'))).replace('{"type":"Obj', '{"type":1,"type":"Obj'),
    ],
    [
      'JSON_MALFORMED',
      '/epcisBody/eventList/1',
      JSON.stringify(document(event('a'), event('b'))).replace('},{"type":"Obj', '}{"type":"Obj'),
    ],
    [
      'NAME_REFUSED',
      '/epcisBody/eventList/0',
      JSON.stringify(document(event('a'))).replace('{"type":"Obj', '{"__proto__":{},"type":"Obj'),
    ],
    ['VALUE_INVALID', '/epcisBody/eventList/0/eventID', JSON.stringify(document(event('\u0000')))],
    ['VALUE_INVALID', '/epcisBody/eventList/0/eventID', JSON.stringify(document(event('\ud800')))],
    [
      'VALUE_INVALID',
      '/epcisBody/eventList',
      JSON.stringify(document(event('a'))).replace('eventList', 'event\\u004cist'),
    ],
    ['NESTING_TOO_DEEP', '', '['.repeat(10_000)],
    [
      'NESTING_TOO_DEEP',
      '/epcisBody/eventList/0',
      JSON.stringify(document(event('a'))).replace('"a"', '{"a":'.repeat(10_000)),
    ],
  ])('is refused with %s at %j', async (code, pointer, text) => {
    expect(await refusal(text)).toMatchObject({ code, place: { pointer } });
  });

  it.each([
    ['an event', { eventBytes: 100 }],
    ['a header', { headerBytes: 100 }],
    ['a document', { documentBytes: 100 }],
    ['a document', { events: 1 }],
  ])('is refused when %s is above %j', async (what, limits) => {
    const error = await refusal(JSON.stringify(document(event('a'), event('b'))), limits);
    expect(error).toMatchObject({ code: 'TOO_LARGE' });
    expect(error.expected).toContain(what);
  });

  it('is refused when it is not UTF-8', async () => {
    const bytes = Buffer.from(JSON.stringify(document(event('ü'))), 'utf16le');
    await expect(readDocument(pieces(bytes, 50), 'application/json').header()).rejects.toThrow(DocumentError);
    const latin1 = Buffer.from(JSON.stringify(document(event('ü'))), 'latin1');
    await expect(all(readDocument(pieces(latin1, 50), 'application/json').events())).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
    });
  });

  it('answers mutated bytes with events or a DocumentError', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(document(event('urn:a:1'), event('urn:a:2'))));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(8), async (at, put, cut) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        const read = readDocument(pieces(mutated, 64), 'application/json');
        const outcome = await all(read.events()).catch((error: unknown) => error);
        expect(Array.isArray(outcome) || outcome instanceof DocumentError).toBe(true);
      }),
    );
  });
});
