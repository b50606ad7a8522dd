import { en } from './en.js';
import { fr } from './fr.js';
import { sw } from './sw.js';

export type Texts = typeof en;

export const LANGUAGES = { en, sw, fr } as const satisfies Readonly<Record<string, Texts>>;
export type Language = keyof typeof LANGUAGES;

/** The first language of the reader's that the page has; English where it has none. */
export function preferred(wished: readonly string[]): Language {
  const tags = wished.map((tag) => tag.toLowerCase().split('-')[0]!);
  return tags.find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag)) ?? 'en';
}

/** Puts values where a text has `{name}`. */
export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
