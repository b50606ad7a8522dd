import type { Namespaces } from '../context.js';
import { namespacesOf } from '../context.js';
import type { VocabularyName } from '../vocabulary.js';
import { type Condition, type Fields, type Lookup, type Vocabulary } from './condition.js';
import { comparable, wordUri } from './terms.js';
import { texts } from './values.js';

/** Reads the value of a parameter. Throws QueryParameterError. */
export type Parameter = (name: string, value: unknown, namespaces: Namespaces) => Condition;

/** How texts are brought to the form in which they are compared; `namespaces` are those of whoever wrote the text. */
export type Comparable = (text: string, namespaces: Namespaces) => string;

export const asWord =
  (vocabulary: VocabularyName): Comparable =>
  (text, namespaces) =>
    wordUri(vocabulary, text, namespaces);
export const asIdentifier: Comparable = (text) => comparable(text);
export const asText: Comparable = (text) => text;

/** The prefixes that an event's names and words may use. */
export const namespacesIn = (event: Fields): Namespaces => namespacesOf(event['@context']);

/** Holds where one of the texts that `read` finds in an event is one of the parameter's, both brought to one form. */
export function among(
  read: (event: Fields) => readonly string[],
  as: Comparable,
  term?: (value: string) => string,
): Parameter {
  return (parameter, value, namespaces) => {
    const wanted = new Set(texts(parameter, value).map((text) => as(text, namespaces)));
    const any = term && [...wanted].map(term);
    return {
      parameter,
      test: (event) => read(event).some((text) => wanted.has(as(text, namespacesIn(event)))),
      ...(any && { lookup: () => ({ by: 'terms', any }) }),
    };
  };
}

/** A condition that the asker's master data has a say in. */
export const condition = (
  parameter: string,
  test: (event: Fields, vocabulary: Vocabulary) => boolean,
  lookup?: (vocabulary: Vocabulary) => Lookup,
): Condition => ({ parameter, test, ...(lookup && { lookup }) });
