import type { EpcisEvent } from './event.js';
import { translateEvent, type Translation } from './translate.js';

const event = {
  type: 'ObjectEvent',
  eventTime: '2026-03-01T08:00:00Z',
  eventTimeZoneOffset: '+01:00',
  action: 'OBSERVE',
  epcList: ['https://id.gs1.org/01/10614141073464/21/2018', 'urn:epc:id:sscc:0614141.1234567890'],
  bizStep: 'shipping',
  disposition: 'https://ref.gs1.org/cbv/Disp-in_transit',
  readPoint: { id: 'urn:epc:id:sgln:0614141.07346.1234' },
  bizTransactionList: [{ type: 'po', bizTransaction: 'http://transaction.acme.com/po/12345678' }],
  'ext:own': 'urn:epc:id:sgln:0614141.07346.1234',
} as unknown as EpcisEvent;

const asked = (more: Partial<Translation>): Translation => ({
  epcFormat: 'No_Preference',
  cbvFormat: 'No_Preference',
  prefixLengthOf: (digits) => (digits.startsWith('0614141') ? 7 : undefined),
  ...more,
});

describe('translateEvent', () => {
  it('leaves an event alone where nothing is asked for', () => {
    expect(translateEvent(event, asked({ epcFormat: 'Never_Translates' }))).toBe(event);
  });

  it('writes EPC URNs as Digital Links', () => {
    expect(translateEvent(event, asked({ epcFormat: 'Always_GS1_Digital_Link' }))).toEqual({
      ...event,
      epcList: ['https://id.gs1.org/01/10614141073464/21/2018', 'https://id.gs1.org/00/106141412345678908'],
      readPoint: { id: 'https://id.gs1.org/414/0614141073467/254/1234' },
    });
  });

  it('writes Digital Links as EPC URNs where the company prefix is known', () => {
    expect(translateEvent(event, asked({ epcFormat: 'Always_EPC_URN' }))).toEqual({
      ...event,
      epcList: ['urn:epc:id:sgtin:0614141.107346.2018', 'urn:epc:id:sscc:0614141.1234567890'],
    });
  });

  it.each([
    ['https://id.gs1.org/01/09521141012341/21/1', 'a key whose company prefix is known'],
    ['https://id.gs1.org/01/10614141073464/21/2018?17=270101', 'a Digital Link that an EPC URN can say'],
  ])('refuses %s', (link, expected) => {
    const foreign = { ...event, epcList: [link] } as EpcisEvent;
    expect(() => translateEvent(foreign, asked({ epcFormat: 'Always_EPC_URN' }))).toThrow(
      expect.objectContaining({ code: 'NOT_TRANSLATABLE', details: { identifier: link, expected } }),
    );
  });

  it('writes words of the CBV as web URIs', () => {
    expect(translateEvent(event, asked({ cbvFormat: 'Always_Web_URI' }))).toMatchObject({
      bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
      disposition: 'https://ref.gs1.org/cbv/Disp-in_transit',
      bizTransactionList: [{ type: 'https://ref.gs1.org/cbv/BTT-po' }],
    });
  });

  it('writes words of the CBV as the bare words that XML has URNs for', () => {
    expect(translateEvent(event, asked({ cbvFormat: 'Always_URN' }))).toMatchObject({
      bizStep: 'shipping',
      disposition: 'in_transit',
    });
  });
});
