import { ErasureRefusedError } from './erasure-refusals.js';

const LONGEST = 200;
/** Shorter values and words are in every language's everyday sentences. */
const SHORTEST_VALUE = 4;
const SHORTEST_WORD = 3;

/** A note beside the reason of an erasure: at most 200 characters; undefined where there is none. Throws NOTE_INVALID. */
export function noteOf(text: string | null | undefined): string | undefined {
  const note = text?.trim() ?? '';
  if (note === '') return undefined;
  if (note.length <= LONGEST) return note;
  throw new ErasureRefusedError(
    'NOTE_INVALID',
    `A note has at most ${LONGEST} characters; this one has ${note.length}.`,
  );
}

/**
 * Throws NOTE_REPEATS_DATA where a note says again what is about to be erased: a whole value of the event, two of its
 * words in a row, or one of its words with digits.
 */
export function checkNote(note: string | undefined, event: unknown): void {
  if (note === undefined) return;
  const said = note.toLowerCase();
  const words = wordsOf(said);
  const pairs = new Set(pairsOf(words));
  for (const value of textsIn(event)) {
    const text = value.toLowerCase();
    const own = wordsOf(text);
    const repeats =
      (text.length >= SHORTEST_VALUE && said.includes(text)) ||
      pairsOf(own).some((pair) => pairs.has(pair)) ||
      own.some((word) => word.length >= SHORTEST_VALUE && /\d/.test(word) && words.includes(word));
    if (!repeats) continue;
    throw new ErasureRefusedError(
      'NOTE_REPEATS_DATA',
      'The note repeats what is to be erased. It stays for good: say it without.',
    );
  }
}

const wordsOf = (text: string): string[] =>
  (text.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= SHORTEST_WORD);

const pairsOf = (words: readonly string[]): string[] => words.slice(1).map((word, at) => `${words[at]} ${word}`);

const TIME = /^\d{4}-\d{2}-\d{2}T/;

/** Every text of a JSON value but times; names of members are not data. */
function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') {
    if (!TIME.test(value)) yield value;
  } else if (value !== null && typeof value === 'object') for (const each of Object.values(value)) yield* textsIn(each);
}
