import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { concatBytes, toBase64Url } from '../bytes.js';
import { PlainSha256 } from '../hash/sha256-plain.js';
import { NotJsonError, type Json } from '../json/jcs.js';
import { leafHash } from '../tlog/hashing.js';
import { treeRoot } from '../tlog/tree.js';
import { commitEvent, disclosureBytes, disclosures } from './commitment.js';
import { ReceiptError } from './errors.js';
import { proveLeaves, rootFromLeaves } from './multiproof.js';
import { proveDisclosures, verifyDisclosures } from './selective-disclosure.js';

const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
const epc = (i: number): string => `https://id.gs1.org/01/09506000134352/21/${i}%2B"é`.slice(0, i % 3 === 0 ? 48 : 46);
const shipping = {
  type: 'AggregationEvent',
  eventID: 'ni:///sha-256;a?ver=CBV2.0',
  eventTime: '2026-03-01T08:00:00.000+03:00',
  eventTimeZoneOffset: '+03:00',
  action: 'ADD',
  bizStep: 'packing',
  readPoint: { id: 'https://id.gs1.org/414/9506000134369' },
  parentID: 'https://id.gs1.org/00/095060001343521230',
  childEPCs: Array.from({ length: 9 }, (_, i) => epc(i)),
  bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epcglobal:cbv:bt:9506000134369:1' }],
  ilmd: { lotNumber: '007', 'cbvmda:itemExpirationDate': '2027-12-31' },
  'halisi:note': { a: [1, 2.5, null] },
};

const fieldName = fc.oneof(
  fc.constantFrom(
    'epcList',
    'ilmd',
    'type',
    'a',
    'a/0',
    'a/~length',
    'ilmd/a',
    'ilmd/~members',
    '@context',
    '',
    '~',
    '/',
  ),
  fc.string({ maxLength: 4 }),
);
const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }) as fc.Arbitrary<Json>;
const someEvent = fc
  .uniqueArray(fc.tuple(fieldName, json), { selector: ([name]) => name, minLength: 1, maxLength: 6 })
  .map((fields) => Object.fromEntries(fields));

const hex = (event: object): string => Buffer.from(commitEvent(event, secret).commitment).toString('hex');

describe('the commitment of an event', () => {
  it('is the RFC 6962 root over its disclosures, hashed one by one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(shipping), someEvent), (event) => {
        const leaves = disclosures(event, secret).map((disclosure) => leafHash(disclosureBytes(disclosure)));
        expect(commitEvent(event, secret).commitment).toEqual(treeRoot(leaves));
        expect(commitEvent(event, secret, new PlainSha256()).commitment).toEqual(treeRoot(leaves));
      }),
    );
  });

  it('is the same for a long list, whose disclosures are written without making them', () => {
    const event = {
      ...shipping,
      childEPCs: Array.from({ length: 3001 }, (_, i) => `${epc(i)}${'é"\\'.repeat(i % 4)}`),
    };
    const leaves = disclosures(event, secret).map((disclosure) => leafHash(disclosureBytes(disclosure)));
    expect(commitEvent(event, secret).commitment).toEqual(treeRoot(leaves));
  });

  it('takes its salts from the HMAC of the index', () => {
    disclosures(shipping, secret).forEach(([salt], index) => {
      expect(salt).toBe(toBase64Url(hmac(sha256, secret, Uint8Array.of(0, 0, 0, index)).slice(0, 16)));
    });
  });

  it('names its disclosures in the order of the format', () => {
    expect(disclosures(shipping, secret).map(([, name]) => name)).toEqual([
      ...['type', 'eventID', 'eventTime', 'eventTimeZoneOffset', 'action', 'bizStep', 'readPoint', 'parentID'],
      ...['ilmd/~members', 'ilmd/cbvmda:itemExpirationDate', 'ilmd/lotNumber'],
      ...['bizTransactionList/~length', 'bizTransactionList/0'],
      ...['childEPCs/~length', ...Array.from({ length: 9 }, (_, i) => `childEPCs/${i}`)],
      'halisi:note',
    ]);
  });

  it('does not depend on the order of members', () => {
    const turned = Object.fromEntries(Object.entries(shipping).reverse());
    expect(hex(turned)).toBe(hex(shipping));
  });

  it('differs for events that differ', () => {
    fc.assert(
      fc.property(someEvent, someEvent, (one, other) => {
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(hex(one) === hex(other)).toBe(same);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    [{ a: [] }, { a: {} }],
    [{ a: [] }, {}],
    [{ a: ['x'] }, { a: [], 'a/0': 'x' }],
    [{ a: ['x'] }, { 'a/~length': 1, 'a/0': 'x' }],
    [{ ilmd: { '0': 'x' } }, { ilmd: ['x'] }],
    [{ ilmd: {} }, { ilmd: [] }],
    [{ ilmd: { '': 1 } }, { ilmd: {}, 'ilmd/': 1 }],
    [{ ilmd: { '~members': 1 } }, { ilmd: { '~0members': 1 } }],
    [{ 'a/b': 1 }, { 'a~1b': 1 }],
    [{ a: [1, 2] }, { a: [[1, 2]] }],
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
  ])('tells %j from %j', (one, other) => {
    const [first, second] = [one, other].map((event) => JSON.stringify(disclosures({ z: 0, ...event }, secret)));
    expect(first).not.toBe(second);
    expect(hex({ z: 0, ...one })).not.toBe(hex({ z: 0, ...other }));
  });

  it('changes with every field, every element and the secret', () => {
    const original = hex(shipping);
    for (const changed of variants(shipping)) expect(hex(changed as object)).not.toBe(original);
    expect(commitEvent(shipping, new Uint8Array(32)).commitment).not.toEqual(commitEvent(shipping, secret).commitment);
  });

  it('refuses what is no event, a short secret and what is not JSON', () => {
    for (const event of [{}, [], [1], new Map()]) {
      expect(() => commitEvent(event, secret)).toThrow(expect.objectContaining({ code: 'COMMITMENT_EVENT_INVALID' }));
    }
    expect(() => commitEvent({ a: 1 }, new Uint8Array(31))).toThrow(ReceiptError);
    expect(() => commitEvent({ a: undefined }, secret)).toThrow(NotJsonError);
    expect(() => commitEvent({ a: new Array(1) }, secret)).toThrow(NotJsonError);
    expect(() => commitEvent({ a: ['\ud800'] }, secret)).toThrow(NotJsonError);
    expect(() => commitEvent({ 'halisi:\ud800': 1 }, secret)).toThrow(NotJsonError);
  });
});

describe('disclosing a part of an event', () => {
  it('proves any selection, and reveals nothing else', () => {
    const everything = disclosures(shipping, secret);
    const { commitment } = commitEvent(shipping, secret);
    fc.assert(
      fc.property(fc.subarray(everything, { minLength: 1 }), (chosen) => {
        const names = new Set(chosen.map(([, name]) => name));
        const proof = proveDisclosures(shipping, secret, (name) => names.has(name));
        expect(proof.disclosures).toEqual(chosen);
        verifyDisclosures(commitment, proof);
      }),
    );
  });

  it('needs few hashes for one pack of a thousand', () => {
    const event = { ...shipping, childEPCs: Array.from({ length: 1000 }, (_, i) => epc(i)) };
    const proof = proveDisclosures(event, secret, (name) => /^(type|bizStep|ilmd.*|childEPCs\/500)$/.test(name));
    expect(proof.hashes.length).toBeLessThan(24);
    verifyDisclosures(commitEvent(event, secret).commitment, proof);
  });

  it('refuses a changed salt, name, value, hash, and a shape that does not fit', () => {
    const { commitment } = commitEvent(shipping, secret);
    const proof = proveDisclosures(shipping, secret, (name) => name === 'bizStep' || name === 'childEPCs/3');
    const [[salt, name, value], second] = proof.disclosures as [Disclosed, Disclosed];
    const first = proof.hashes[0]!.slice();
    first[31]! ^= 1;
    const hostile = [
      { disclosures: [['A' + salt.slice(1), name, value], second] },
      { disclosures: [[salt, 'bizstep', value], second] },
      { disclosures: [[salt, name, 'unpacking'], second] },
      { disclosures: [[salt, name, value]] },
      {
        disclosures: [
          [salt, name, value],
          [salt, name, value],
        ],
      },
      { shape: proof.shape.replace('dh', 'hd') },
      { shape: proof.shape.replace('h', 'nhh') },
      { shape: `n${proof.shape}h` },
      { shape: proof.shape.slice(0, -1) },
      { shape: `${proof.shape}h` },
      { shape: proof.shape.replace('h', 'x') },
      { shape: '' },
      { shape: 'n'.repeat(100_000) },
      { hashes: [first, ...proof.hashes.slice(1)] },
      { hashes: proof.hashes.slice(1) },
      { hashes: [...proof.hashes, first] },
      { hashes: proof.hashes.map((hash) => hash.slice(1)) },
    ] as Partial<typeof proof>[];
    for (const change of hostile) {
      expect(() => verifyDisclosures(commitment, { ...proof, ...change })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(DISCLOSURE|TLOG)_/) as string }),
      );
    }
    expect(() => proveDisclosures(shipping, secret, () => false)).toThrow(ReceiptError);
  });

  it('has one spelling: a hash cannot be opened into the two below it', () => {
    const hashes = Array.from({ length: 4 }, (_, i) => leafHash(Uint8Array.of(i)));
    const { shape, hashes: proof } = proveLeaves(concatBytes(...hashes), [0]);
    expect(shape).toBe('nndhh');
    expect(rootFromLeaves({ shape, hashes: proof }, [hashes[0]!])).toEqual(treeRoot(hashes));
    const opened = { shape: 'nndhnhh', hashes: [proof[0]!, hashes[2]!, hashes[3]!] };
    expect(() => rootFromLeaves(opened, [hashes[0]!])).toThrow(/two hashes/);
  });

  it('does not verify against another commitment', () => {
    const proof = proveDisclosures(shipping, secret, () => true);
    expect(() => verifyDisclosures(concatBytes(new Uint8Array(32)), proof)).toThrow(ReceiptError);
  });
});

type Disclosed = readonly [string, string, Json];

/** The value with members sorted, so that texts compare as values do. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, member]) => ({ name, member: sorted(member) }));
}

/** The value with one leaf changed, one member removed or renamed, or one element dropped, each in turn. */
function* variants(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      yield value.toSpliced(i, 1);
      for (const changed of variants(value[i])) yield value.with(i, changed);
    }
    yield [...(value as unknown[]), 'more'];
  } else if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) {
      const rest = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      yield rest;
      yield { ...rest, [`${name}x`]: member as unknown };
      for (const changed of variants(member)) yield { ...rest, [name]: changed };
    }
  } else {
    yield typeof value === 'string' ? `${value} ` : 'changed';
  }
}
