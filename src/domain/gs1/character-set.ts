const member = (characters: string): readonly boolean[] => {
  const table = new Array<boolean>(128).fill(false);
  for (const character of characters) table[character.charCodeAt(0)] = true;
  return table;
};

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

const SET_82 = member(DIGITS + UPPER + LOWER + '!"%&\'()*+,-./:;<=>?_');
const SET_39 = member(DIGITS + UPPER + '#-/');
const SET_64 = member(DIGITS + UPPER + LOWER + '-_');

function all(text: string, table: readonly boolean[]): boolean {
  for (let i = 0; i < text.length; i++) if (table[text.charCodeAt(i)] !== true) return false;
  return true;
}

/** GS1 AI encodable character set 82 (GS1 GenSpecs figure 7.11-1). An empty text passes. */
export const isCset82 = (text: string): boolean => all(text, SET_82);
/** GS1 AI encodable character set 39 (GS1 GenSpecs figure 7.11-2). An empty text passes. */
export const isCset39 = (text: string): boolean => all(text, SET_39);
/** GS1 AI encodable character set 64, file-safe base64, without its padding (GS1 GenSpecs figure 7.11-3). */
export const isCset64 = (text: string): boolean => all(text, SET_64);
