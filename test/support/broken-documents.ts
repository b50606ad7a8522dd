import { EPCIS_CONTEXT_URL } from '../../src/domain/epcis/context.js';
import { commissioning, documentOf } from './epcis-client.js';

/** A document that is broken in one way, and what it is sent as. */
export interface BrokenDocument {
  readonly how: string;
  readonly mediaType: 'application/json' | 'application/xml';
  readonly body: Buffer;
}

/** Numbers that look random and are the same at every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const JSON_TEXT = JSON.stringify(
  documentOf([
    commissioning(['HOSTILE1', 'HOSTILE2'], { 'ex:remark': 'remark', '@context': { ex: 'https://example.org/' } }),
    commissioning(['HOSTILE3']),
  ]),
);

const EVENT_XML = `<ObjectEvent><eventTime>2026-11-20T09:00:00.000+03:00</eventTime>
<eventTimeZoneOffset>+03:00</eventTimeZoneOffset><epcList><epc>urn:epc:id:sgtin:9521001.000001.HOSTILE9</epc></epcList>
<action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
<readPoint><id>urn:epc:id:sgln:9521001.00101.0</id></readPoint></ObjectEvent>`;

const xmlOf = (body: string, before = ''): string => `<?xml version="1.0" encoding="UTF-8"?>${before}
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-11-20T09:00:00Z">
<EPCISBody><EventList>${body}</EventList></EPCISBody></epcis:EPCISDocument>`;

const XML_TEXT = xmlOf(EVENT_XML);
const BOMB = `<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, at) => `<!ENTITY b${at} "${`&${at === 0 ? 'a' : `b${at - 1}`};`.repeat(10)}">`,
).join('')}]>`;
const EXTERNAL = '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/x">]>';

const METACHARACTERS = [
  `'; drop table event; --`,
  `%_\\%`,
  `$1`,
  `\\'; select pg_sleep(60); --`,
  `" or 1=1`,
  `{}`,
  `\u202e`,
];

const json = (how: string, body: string | Buffer): BrokenDocument => ({
  how,
  mediaType: 'application/json',
  body: Buffer.from(body as string),
});
const xml = (how: string, body: string | Buffer): BrokenDocument => ({
  how,
  mediaType: 'application/xml',
  body: Buffer.from(body as string),
});

/** A hundred documents, broken at places that `seed` gives. */
export function brokenDocuments(seed: number): BrokenDocument[] {
  const next = numbers(seed);
  const at = (text: string): number => 1 + Math.floor(next() * (text.length - 2));
  const cut = (text: string) => text.slice(0, at(text));
  const put = (text: string, what: string): string => {
    const place = at(text);
    return text.slice(0, place) + what + text.slice(place);
  };
  const flipped = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    for (let count = 0; count < 3; count++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
    return bytes;
  };
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const inJson = (value: string): string => JSON_TEXT.replace('"remark"', value);
  const documents: BrokenDocument[] = [
    json('10,000 levels of lists', inJson(deep(10_000))),
    json('10,000 levels of objects', inJson(`${'{"a:b":'.repeat(10_000)}1${'}'.repeat(10_000)}`)),
    json('10,000 levels of lists that never end', '['.repeat(10_000)),
    xml('10,000 levels of elements', xmlOf(`${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`)),
    xml(
      '10,000 levels in an event',
      xmlOf(EVENT_XML.replace('</ObjectEvent>', `${'<x:a xmlns:x="urn:x">'.repeat(10_000)}`)),
    ),
    xml('an entity bomb', xmlOf(EVENT_XML.replace('ADD', '&b8;'), BOMB)),
    xml('external entities', xmlOf(EVENT_XML.replace('ADD', '&x;&y;'), EXTERNAL)),
    xml('a DTD elsewhere', xmlOf(EVENT_XML, '<!DOCTYPE b SYSTEM "http://127.0.0.1:9/b.dtd">')),
    xml('an entity that nobody declared', xmlOf(EVENT_XML.replace('ADD', '&nobody;'))),
    xml('NUL by a reference', xmlOf(EVENT_XML.replace('ADD', '&#0;'))),
    xml(
      'a million attributes',
      xmlOf(`<ObjectEvent ${Array.from({ length: 20_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`),
    ),
    json('__proto__ in the document', JSON_TEXT.replace('{', '{"__proto__":{"polluted":true},')),
    json('__proto__ in an event', inJson('{"__proto__":{"polluted":true}}')),
    json('__proto__ escaped', inJson('{"\\u005f_proto__":{"polluted":true}}')),
    json('constructor and prototype', inJson('{"constructor":{"prototype":{"polluted":true}}}')),
    json('a key twice', JSON_TEXT.replace('"action":"ADD"', '"action":"ADD","action":"DELETE"')),
    json('an event list twice', JSON_TEXT.replace('"eventList":', '"eventList":[],"eventList":')),
    json('two bodies', JSON_TEXT.replace('"epcisBody":', '"epcisBody":{"eventList":[]},"epcisBody":')),
    json('NUL', inJson('"\\u0000"')),
    json('half a surrogate pair', inJson('"\\ud800"')),
    json('UTF-16', Buffer.from(`\ufeff${JSON_TEXT}`, 'utf16le')),
    xml('UTF-16', Buffer.from(`\ufeff${XML_TEXT}`, 'utf16le')),
    json('Latin-1', Buffer.from(inJson('"\u00e9\u00fc"'), 'latin1')),
    xml('another encoding than it says', XML_TEXT.replace('UTF-8', 'EBCDIC-CP-US')),
    json('nothing', ''),
    xml('nothing', ''),
    json('a number', '1e400'),
    json('numbers beyond any', inJson(`1${'0'.repeat(5000)}`)),
    json(
      'null for events',
      JSON.stringify({ '@context': [EPCIS_CONTEXT_URL], type: 'EPCISDocument', epcisBody: null }),
    ),
    json('a list of nulls', JSON.stringify(documentOf([null, 1, 'x', [], {}]))),
    json('a name of a megabyte', inJson(`{"ex:${'n'.repeat(1_000_000)}":1}`)),
    json('JSON called XML', XML_TEXT),
    xml('XML called JSON', JSON_TEXT),
  ];
  for (const text of METACHARACTERS) {
    documents.push(json(`${text} as an EPC`, JSON.stringify(documentOf([commissioning([text])]))));
    documents.push(
      json(`${text} as eventID`, JSON.stringify(documentOf([commissioning(['META'], { eventID: text })]))),
    );
    documents.push(
      json(
        `${text} as a lot`,
        JSON.stringify(documentOf([commissioning(['META2'], { ilmd: { 'cbvmda:lotNumber': text } })])),
      ),
    );
  }
  while (documents.length < 100) {
    documents.push(json('cut off', cut(JSON_TEXT)), xml('cut off', cut(XML_TEXT)));
    documents.push(json('bytes changed', flipped(JSON_TEXT)), xml('bytes changed', flipped(XML_TEXT)));
    documents.push(json('brackets put in', put(JSON_TEXT, '}]{[')), xml('a tag put in', put(XML_TEXT, '<a></b>')));
    documents.push(
      json('bytes put in', put(JSON_TEXT, '\u0001\u0000"')),
      xml('CDATA put in', put(XML_TEXT, '<![CDATA[')),
    );
  }
  return documents.slice(0, 100);
}
