import { bestLanguages } from '../resolution/choose.js';
import { am } from './messages/am.js';
import { ar } from './messages/ar.js';
import { en } from './messages/en.js';
import { fr } from './messages/fr.js';
import { hi } from './messages/hi.js';
import { pt } from './messages/pt.js';
import { sw } from './messages/sw.js';
import type { Messages } from './messages.js';

/** Every language of the public page, in the order in which they are offered. */
export const LANGUAGES: readonly Messages[] = [en, fr, sw, pt, hi, ar, am];

export const LANGUAGE_CODES: readonly string[] = LANGUAGES.map(({ language }) => language);

const BY_CODE = new Map(LANGUAGES.map((messages) => [messages.language, messages]));

/** The language that a reader chose, else the one that the browser likes best, else English. */
export function messagesFor(chosen: string | undefined, accepted: string | undefined): Messages {
  const named = chosen === undefined ? undefined : BY_CODE.get(chosen.toLowerCase().split('-')[0]!);
  if (named !== undefined) return named;
  const [best] = accepted === undefined ? [] : bestLanguages(accepted, [...LANGUAGE_CODES]);
  return (best === undefined ? undefined : BY_CODE.get(best)) ?? en;
}
