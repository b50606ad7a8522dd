import { registerEnumType } from '@nestjs/graphql';

export type EnumOf<Word extends string> = Record<Uppercase<Word>, Word>;

/** Registers a GraphQL enum whose names are the words in capitals. */
export function enumOf<Word extends string>(
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
