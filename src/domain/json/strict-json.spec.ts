import fc from 'fast-check';
import { JsonTextError, parseStrictJson } from './strict-json.js';

describe('strict JSON', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['{"a":1,"a":1}', '[{"b":{"a" : 1, "\\u0061":2}}]', '{"a":1,"b":[{"a":2}],"a":3}'])(
    'refuses the repeated member in %s',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(JsonTextError);
    },
  );

  it.each(['[{"a":1},{"a":2}]', '{"a":{"a":"a"}}', '{"a":"\\"b\\":","b":"{"}', '["a","a"]'])('accepts %s', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '{', 'NaN', "{'a':1}", '\ufeff{}'])('refuses the text %j', (text) => {
    expect(() => parseStrictJson(text)).toThrow(JsonTextError);
  });

  it('refuses a text that is too deep, without running out of stack', () => {
    expect(() => parseStrictJson('['.repeat(100_000) + ']'.repeat(100_000))).toThrow(JsonTextError);
  });
});
