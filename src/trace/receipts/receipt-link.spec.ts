import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { EPC_LISTS, epcAt, linkToken, openLink, placeIn } from './receipt-link.js';

const key = randomBytes(32);
const target = fc.record({
  position: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  list: fc.constantFrom(...EPC_LISTS),
  member: fc.nat({ max: 2 ** 24 - 1 }),
});

describe('the token of a receipt link', () => {
  it('leads back to what it was made for, with the newest key and with older ones', () => {
    fc.assert(
      fc.property(target, (to) => {
        const token = linkToken(key, to);
        expect(token).toMatch(/^[\w-]{36}$/);
        expect(openLink([key], token)).toEqual(to);
        expect(openLink([randomBytes(32), key], token)).toEqual(to);
        expect(openLink([randomBytes(32)], token)).toBeUndefined();
      }),
    );
  });

  it('leads nowhere once any of its bits is another', () => {
    fc.assert(
      fc.property(target, fc.nat({ max: 36 * 6 - 1 }), (to, bit) => {
        const bytes = Buffer.from(linkToken(key, to), 'base64url');
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(openLink([key], bytes.toString('base64url'))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'A'.repeat(35), 'A'.repeat(37), `${'A'.repeat(35)}=`, `${'A'.repeat(35)}ä`])(
    'is not read from %j',
    (text) => expect(openLink([key], text)).toBeUndefined(),
  );

  it('is not made for a place that it has no room for', () => {
    expect(() => linkToken(key, { position: 1, list: 'epcList', member: 2 ** 24 })).toThrow(RangeError);
  });
});

describe('the place of an EPC in an event', () => {
  const event = { parentID: 'p', childEPCs: ['a', 'b'], epcList: 'not a list' };

  it('is found, and leads back to it', () => {
    for (const epc of ['p', 'a', 'b']) expect(epcAt(event, { position: 0, ...placeIn(event, epc)! })).toBe(epc);
    expect(placeIn(event, 'c')).toBeUndefined();
  });

  it('that the event has not leads nowhere', () => {
    expect(epcAt(event, { position: 0, list: 'childEPCs', member: 2 })).toBeUndefined();
    expect(epcAt(event, { position: 0, list: 'parentID', member: 1 })).toBeUndefined();
    expect(epcAt(event, { position: 0, list: 'outputEPCList', member: 0 })).toBeUndefined();
  });
});
