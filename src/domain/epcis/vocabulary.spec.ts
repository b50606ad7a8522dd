import {
  BUSINESS_STEPS,
  DISPOSITIONS,
  MEASUREMENT_TYPES,
  TRANSACTION_TYPES,
  isStandardWord,
  toBareWord,
  toVocabularyUri,
} from './vocabulary.js';

describe('The standard vocabularies', () => {
  it('are as long as those of the ratified schema, without repetition', () => {
    expect(new Set(BUSINESS_STEPS).size).toBe(41);
    expect(new Set(DISPOSITIONS).size).toBe(33);
    expect(new Set(TRANSACTION_TYPES).size).toBe(13);
    expect(new Set(MEASUREMENT_TYPES).size).toBe(72);
  });

  it.each([
    ['bizStep', 'shipping'],
    ['bizStep', 'urn:epcglobal:cbv:bizstep:shipping'],
    ['bizStep', 'cbv:BizStep-shipping'],
    ['bizStep', 'https://ref.gs1.org/cbv/BizStep-shipping'],
    ['disposition', 'urn:epcglobal:cbv:disp:in_transit'],
    ['bizTransactionType', 'urn:epcglobal:cbv:btt:po'],
    ['sourceDestinationType', 'cbv:SDT-owning_party'],
    ['errorReason', 'urn:epcglobal:cbv:er:incorrect_data'],
    ['measurementType', 'gs1:Temperature'],
    ['alertType', 'https://www.gs1.org/voc/ALARM_CONDITION'],
  ] as const)('read %s %s as a bare word and write that back as one URI', (name, text) => {
    const word = toBareWord(name, text);
    expect(isStandardWord(name, word)).toBe(true);
    expect(toVocabularyUri(name, text)).toBe(toVocabularyUri(name, word));
    expect(toVocabularyUri(name, word)).toMatch(/^https:\/\/(ref\.gs1\.org\/cbv|gs1\.org\/voc)\//);
    expect(toBareWord(name, toVocabularyUri(name, word))).toBe(word);
  });

  it.each(['https://example.com/steps/polishing', 'cbv:BizStep-polishing', 'urn:epcglobal:cbv:disp:in_transit'])(
    'leave %s alone, which is no standard business step',
    (text) => {
      expect(toBareWord('bizStep', text)).toBe(text);
    },
  );
});
