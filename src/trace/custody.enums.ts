import { registerEnumType } from '@nestjs/graphql';
import { HOLD_KINDS, HOLD_WORDS, type HoldKind } from '../domain/custody/holds.js';
import { LIVES, type Life } from '../domain/custody/life.js';

type EnumOf<Word extends string> = Record<Uppercase<Word>, Word>;

/** An enum whose names are the words in capitals. */
function enumOf<Word extends string>(
  name: string,
  description: string,
  words: readonly Word[],
  meaning: (word: Word) => string,
): EnumOf<Word> {
  const values = Object.fromEntries(words.map((word) => [word.toUpperCase(), word])) as EnumOf<Word>;
  const valuesMap = Object.fromEntries(words.map((word) => [word.toUpperCase(), { description: meaning(word) }]));
  registerEnumType(values, {
    name,
    description,
    valuesMap: valuesMap as Record<Uppercase<Word>, { description: string }>,
  });
  return values;
}

export const HoldKinds: EnumOf<HoldKind> = enumOf(
  'HoldKind',
  'What blocks a pack, a container or a lot.',
  HOLD_KINDS,
  (kind) => `It ${HOLD_WORDS[kind]}.`,
);

export const Lives: EnumOf<Life> = enumOf(
  'PackLife',
  'Where a pack stands in its life.',
  LIVES,
  (life) => `The pack is ${life.replaceAll('_', ' ')}.`,
);
