import fc from 'fast-check';
import { DocumentError, type DocumentHeader } from '../../../domain/epcis/document.js';
import type { EpcisEvent } from '../../../domain/epcis/event.js';
import { readDocument, type ReadOptions } from './read-document.js';
import { writeDocument, type DocumentForm } from './write-document.js';
import type { DocumentEvent } from './document-source.js';

interface Whole {
  readonly header: DocumentHeader;
  readonly events: readonly DocumentEvent[];
}

async function read(bytes: Uint8Array, options: ReadOptions = {}, size = 50): Promise<Whole> {
  const open = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      await Promise.resolve();
      yield bytes.subarray(at, at + size);
    }
  };
  const document = readDocument(open, 'text/xml; charset=utf-8', options);
  const header = await document.header();
  const events: DocumentEvent[] = [];
  for await (const event of document.events()) events.push(event);
  return { header, events };
}

const readText = (text: string, options?: ReadOptions, size?: number): Promise<Whole> =>
  read(new TextEncoder().encode(text), options, size);

async function written(header: DocumentHeader, events: readonly unknown[], form: DocumentForm): Promise<string> {
  let text = '';
  for await (const piece of writeDocument(header, events as EpcisEvent[], form)) text += piece;
  return text;
}

async function refusal(text: string, options?: ReadOptions): Promise<DocumentError> {
  const outcome = await readText(text, options).then(
    ({ events }) => events[0]?.fault,
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof DocumentError) return outcome;
  throw new Error(`expected a DocumentError, got ${String(outcome)}`);
}

const EVENT = `<ObjectEvent>
  <eventTime>2026-03-01T08:00:00Z</eventTime>
  <eventTimeZoneOffset>+01:00</eventTimeZoneOffset>
  <epcList><epc>urn:epc:id:sgtin:0614141.107346.2018</epc></epcList>
  <action>ADD</action>
  <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
</ObjectEvent>`;
const JSON_VALUE = 'xmlns:h="https://halisi.org/epcis/v1/" h:json="value"';
const document = (events: string, header = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ext="http://e.example/" schemaVersion="2.0"
  creationDate="2026-03-01T08:00:00Z">${header}<EPCISBody><EventList>${events}</EventList></EPCISBody></epcis:EPCISDocument>`;

const HEADER: DocumentHeader = {
  '@context': [
    'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    { ext: 'http://e.example/' },
    { other: 'http://o.example/#' },
  ],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T08:00:00Z',
  sender: 'urn:epc:id:sgln:0614141.00001.0',
  instanceIdentifier: '77',
  epcisHeader: {
    epcisMasterData: {
      vocabularyList: [
        {
          type: 'urn:epcglobal:epcis:vtype:Location',
          vocabularyElementList: [
            { id: 'urn:a:1', attributes: [{ id: 'urn:n', attribute: 'x' }, { id: 'urn:o' }], children: ['urn:a:2'] },
            { id: 'urn:a:2', attributes: [] },
          ],
        },
      ],
    },
    'ext:block': { 'ext:a': ['1', '2'], 'ext:b': true },
  },
};

describe('an XML document', () => {
  it('gives its events in their 2.0 JSON form, with their places', async () => {
    const { header, events } = await readText(document(EVENT.replace('</Obj', '<ext:x a="1">y</ext:x></Obj')));
    expect(header).toMatchObject({ type: 'EPCISDocument', schemaVersion: '2.0' });
    expect(events).toEqual([
      {
        index: 0,
        pointer: '/EPCISDocument/EPCISBody/EventList/ObjectEvent[1]',
        event: {
          '@context': { ext: 'http://e.example/' },
          type: 'ObjectEvent',
          eventTime: '2026-03-01T08:00:00Z',
          eventTimeZoneOffset: '+01:00',
          epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
          action: 'ADD',
          bizStep: 'commissioning',
          'ext:x': { '@a': '1', '#text': 'y' },
        },
      },
    ]);
  });

  it.each([
    ['ELEMENT_ORDER', EVENT.replace('<eventTime>', '<action>ADD</action><eventTime>')],
    ['FIELD_REPEATED', EVENT.replace('<action>', '<action>ADD</action><action>')],
    ['FIELD_REQUIRED', EVENT.replace('<action>ADD</action>', '')],
    ['FIELD_UNKNOWN', EVENT.replace('</Obj', '<surprise/></Obj')],
    ['FIELD_UNKNOWN', EVENT.replace('</Obj', '<extension><quantityList/></extension></Obj')],
    ['FIELD_UNKNOWN', EVENT.replace('<epc>', '<epc x="1">')],
    ['VALUE_INVALID', EVENT.replace('ADD', 'OBSERV')],
    ['VALUE_INVALID', EVENT.replace('2026-03-01T08:00:00Z', '01-03-2026')],
    ['VALUE_INVALID', EVENT.replace('<epcList>', 'text<epcList>')],
    ['DOCUMENT_TYPE_UNKNOWN', EVENT.replaceAll('ObjectEvent', 'SubjectEvent')],
  ])('names the place and rule of an event that is refused with %s', async (code, event) => {
    const error = await refusal(document(event));
    expect(error.code).toBe(code);
    expect(error.place.path).toMatch(/^\/EPCISDocument\/EPCISBody\/EventList\/\w+\[1\]/);
    expect(error.place.line).toBeGreaterThan(2);
    expect(error.expected).not.toBe('');
  });

  it('reads the events beside a faulty one', async () => {
    const { events } = await readText(document(EVENT.replace('ADD', 'X') + EVENT));
    expect(events.map(({ fault }) => fault?.code)).toEqual(['VALUE_INVALID', undefined]);
  });

  it('reads what is out of order where it is asked to be lenient', async () => {
    const jumbled = EVENT.replace('<action>ADD</action>', '').replace('<eventTime>', '<action>ADD</action><eventTime>');
    const { events } = await readText(document(jumbled), { conformance: 'lenient' });
    expect(events[0]!.event).toMatchObject({ action: 'ADD', bizStep: 'commissioning' });
  });

  it.each([
    ['XML_MALFORMED', document(EVENT).slice(0, -3)],
    ['XML_MALFORMED', document(EVENT.replace('<ext', '<nope:ext').replace('</Obj', '<nope:x/></Obj'))],
    ['XML_MALFORMED', document(EVENT.replace('ADD', '&unknown;'))],
    ['XML_MALFORMED', document(EVENT.replace('ADD', '&#0;'))],
    ['XML_MALFORMED', ''],
    ['DOCTYPE_REFUSED', document(EVENT).replace('<epcis', '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><epcis')],
    ['DOCUMENT_TYPE_UNKNOWN', document(EVENT).replace('urn:epcglobal:epcis:xsd:2', 'urn:epcglobal:epcis:xsd:9')],
    ['DOCUMENT_TYPE_UNKNOWN', '<html/>'],
    ['FIELD_REQUIRED', document(EVENT).replace('schemaVersion="2.0"', '')],
    ['VALUE_INVALID', document(EVENT).replace('T08:00:00Z">', '">')],
    ['FIELD_UNKNOWN', document(EVENT, '<EPCISHeader><unknown/></EPCISHeader>')],
    ['NESTING_TOO_DEEP', document('<a>'.repeat(10_000))],
    ['NAME_REFUSED', document(EVENT.replace('</Obj', '<ext:x><__proto__>1</__proto__></ext:x></Obj'))],
    ['NAME_REFUSED', document(EVENT.replace('</Obj', `<ext:x ${JSON_VALUE}>{"\\u005f_proto__":1}</ext:x></Obj`))],
    ['VALUE_INVALID', document(EVENT.replace('</Obj', `<ext:x ${JSON_VALUE}>"\\u0000"</ext:x></Obj`))],
    ['ENCODING_INVALID', document(EVENT).replace('UTF-8', 'ISO-8859-1')],
  ])('is refused with %s', async (code, text) => {
    expect((await refusal(text)).code).toBe(code);
  });

  it.each([{ eventBytes: 100 }, { documentBytes: 100 }, { headerBytes: 100 }, { events: 1 }])(
    'is refused above %j',
    async (limits) => {
      expect((await refusal(document(EVENT + EVENT), limits)).code).toBe('TOO_LARGE');
    },
  );

  it('may be UTF-16, as its byte order mark says', async () => {
    const text = document(EVENT).replace('UTF-8', 'UTF-16');
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect((await read(bytes)).events).toEqual((await readText(document(EVENT))).events);
    await expect(read(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'ENCODING_INVALID' });
  });

  it('reads the same in pieces of any size', async () => {
    const text = document(EVENT + EVENT.replace('2018', 'ü€😀'));
    const whole = await readText(text, {}, text.length * 2);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), async (size) => {
        expect((await readText(text, {}, size)).events).toEqual(whole.events);
      }),
      { numRuns: 50 },
    );
  });

  it('answers mutated bytes with events or a DocumentError', async () => {
    const bytes = new TextEncoder().encode(document(EVENT + EVENT));
    const put = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom('<', '&', ']]>', '<!--', '"', '<a>').map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), put, fc.nat(8), async (at, inserted, cut) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + cut)]);
        const outcome = await read(mutated, {}, 500).catch((error: unknown) => error);
        expect(outcome instanceof DocumentError || Array.isArray((outcome as Whole).events)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const extensionName = fc.constantFrom('ext:a', 'ext:b-c', 'other:x', 'unknown:y', 'http://u.example/v/w', 'ext:1 odd');
const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 4 }))
  .filter((one) => !one.includes('\0') && one !== '__proto__');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(extensionName, text, fc.constantFrom('@ext:at', '@at', '#text', '#content', 'plain')),
      tie('value'),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  ),
}));
const extensions = fc.dictionary(extensionName, value, { maxKeys: 3, noNullPrototype: true });
const word = fc.constantFrom(
  'shipping',
  'https://ref.gs1.org/cbv/BizStep-shipping',
  'cbv:BizStep-shipping',
  'http://own.example/x',
);
const reading = fc.record(
  {
    type: fc.constantFrom('Temperature', 'gs1:Temperature', 'http://own.example/x'),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    booleanValue: fc.boolean(),
    exception: fc.constantFrom('ALARM_CONDITION', 'gs1:ALARM_CONDITION'),
    component: fc.constantFrom('x', 'cbv:Comp-x'),
    'ext:r': value,
  },
  { requiredKeys: ['type'] },
);
const event = fc
  .tuple(
    extensions,
    fc.record(
      {
        bizStep: word,
        certificationInfo: fc.oneof(fc.constant('urn:c:1'), fc.array(fc.constant('urn:c:2'), { maxLength: 3 })),
        quantityList: fc.array(
          fc.record(
            { epcClass: fc.constant('urn:q:1'), quantity: fc.nat().map((n) => n / 8), uom: fc.constant('KGM') },
            { requiredKeys: ['epcClass'] },
          ),
          { maxLength: 2 },
        ),
        readPoint: extensions.map((own) => ({ id: 'urn:p:1', ...own })),
        bizTransactionList: fc.constant([{ type: 'po', bizTransaction: 'urn:t:1' }, { bizTransaction: 'urn:t:2' }]),
        sensorElementList: fc.array(
          fc
            .tuple(fc.array(reading, { minLength: 1, maxLength: 2 }), extensions)
            .map(([sensorReport, own]) => ({ sensorReport, ...own })),
          { maxLength: 2 },
        ),
        persistentDisposition: fc.constant({ set: ['available'] }),
        errorDeclaration: extensions.map((own) => ({
          declarationTime: '2026-03-02T08:00:00Z',
          reason: 'incorrect_data',
          ...own,
        })),
        ilmd: extensions,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([own, fields]) => ({
    type: 'ObjectEvent',
    eventTime: '2026-03-01T08:00:00Z',
    eventTimeZoneOffset: '+01:00',
    action: 'ADD',
    epcList: ['urn:epc:id:sgtin:0614141.107346.2018'],
    ...fields,
    ...own,
  }));

describe('JSON to XML to JSON', () => {
  it('gives every event again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 2 }), async (events) => {
        const again = await readText(await written(HEADER, events, 'xml-2.0'), {}, 4000);
        expect(again.events.map((one) => one.fault)).toEqual(events.map(() => undefined));
        expect(again.events.map((one) => withoutContext(one.event))).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['xml-2.0', 'xml-1.2'] as const)('gives the header again through %s', async (form) => {
    expect((await readText(await written(HEADER, [], form))).header).toEqual(HEADER);
  });

  it('refuses what EPCIS 1.2 has no place for', async () => {
    const event = {
      type: 'TransformationEvent',
      eventTime: '2026-03-01T08:00:00Z',
      eventTimeZoneOffset: '+01:00',
      transformationID: 'urn:t:1',
      persistentDisposition: { set: ['available'] },
    };
    await expect(written(HEADER, [event], 'xml-1.2')).rejects.toMatchObject({
      code: 'NOT_EXPRESSIBLE',
      place: { pointer: '/epcisBody/eventList/0/persistentDisposition' },
    });
  });
});

function withoutContext(event: unknown): unknown {
  return Object.fromEntries(Object.entries(event as object).filter(([name]) => name !== '@context'));
}
