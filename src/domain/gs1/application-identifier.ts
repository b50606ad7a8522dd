import { isCset39, isCset64, isCset82 } from './character-set.js';
import { isDigits } from './check-digit.js';
import { AI_TABLE } from './generated/ai-table.js';
import type { AiComponent, AiEntry, ComponentType } from './syntax-dictionary.js';

/** What is known of one application identifier. `ai` is empty where even its length is unknown. */
export interface AiDefinition extends Omit<AiEntry, 'first' | 'last'> {
  readonly ai: string;
  readonly known: boolean;
  /** Least and greatest length of the whole value, in characters. */
  readonly minLength: number;
  readonly maxLength: number;
}

const KNOWN = new Map<string, AiDefinition>();
/** Identifiers that start with the same two digits are equally long (GS1 GenSpecs 7.8.1). */
const LENGTH_BY_PREFIX = new Map<string, number>();

for (const entry of AI_TABLE) {
  for (let n = Number(entry.first); n <= Number(entry.last); n++) {
    const ai = String(n).padStart(entry.first.length, '0');
    KNOWN.set(ai, define(ai, entry));
    LENGTH_BY_PREFIX.set(ai.slice(0, 2), ai.length);
  }
}

function define(ai: string, entry: Omit<AiEntry, 'first' | 'last'>, known = true): AiDefinition {
  const { fnc1, dlAttribute, components, requires, excludes, dlQualifiers, title } = entry;
  const minLength = components.reduce((sum, part) => sum + (part.optional ? 0 : part.min), 0);
  const maxLength = components.reduce((sum, part) => sum + part.max, 0);
  const definition = { ai, known, fnc1, dlAttribute, components, requires, excludes, title, minLength, maxLength };
  return dlQualifiers === undefined ? definition : { ...definition, dlQualifiers };
}

/** Lengths of the values that need no FNC1, by the first two digits (GS1 GenSpecs figure 7.8.5-2); not all are assigned. */
const PREDEFINED_LENGTHS = new Map<string, number>([
  ['00', 18],
  ['01', 14],
  ['02', 14],
  ['03', 14],
  ['04', 16],
  ...['11', '12', '13', '14', '15', '16', '17', '18', '19'].map((prefix) => [prefix, 6] as const),
  ['20', 2],
  ...['31', '32', '33', '34', '35', '36'].map((prefix) => [prefix, 6] as const),
  ['41', 13],
]);

function unknown(ai: string): AiDefinition {
  const fixed = ai === '' ? undefined : PREDEFINED_LENGTHS.get(ai.slice(0, 2));
  const component: AiComponent = { type: 'X', min: fixed ?? 1, max: fixed ?? 90, optional: false, linters: [] };
  const entry = { fnc1: fixed === undefined, dlAttribute: false, components: [component], requires: [], excludes: [] };
  return define(ai, { ...entry, title: 'UNKNOWN' }, false);
}

/**
 * The definition of exactly this identifier. An identifier that is not assigned gets a permissive definition when
 * `permitUnknown` is set and its length agrees with its neighbours'; otherwise undefined.
 */
export function findAi(ai: string, permitUnknown = false): AiDefinition | undefined {
  const found = KNOWN.get(ai);
  if (found !== undefined || !permitUnknown) return found;
  if (ai.length < 2 || ai.length > 4 || !isDigits(ai)) return undefined;
  const length = LENGTH_BY_PREFIX.get(ai.slice(0, 2));
  return length === undefined || length === ai.length ? unknown(ai) : undefined;
}

/** The definition of the identifier that `data` starts with. For an unknown one of unknown length, `ai` is empty. */
export function findAiPrefix(data: string, permitUnknown = false): AiDefinition | undefined {
  const prefix = data.slice(0, 2);
  if (prefix.length < 2 || !isDigits(prefix)) return undefined;
  const length = LENGTH_BY_PREFIX.get(prefix);
  if (length === undefined) return permitUnknown ? unknown('') : undefined;
  const ai = data.slice(0, length);
  return ai.length === length ? findAi(ai, permitUnknown) : undefined;
}

/** True where `ai` fits a pattern such as `31nn`. */
export function matchesAiPattern(ai: string, pattern: string): boolean {
  const wildcard = pattern.indexOf('n');
  return wildcard < 0 ? ai === pattern : ai.length === pattern.length && ai.startsWith(pattern.slice(0, wildcard));
}

const IN_TYPE: Readonly<Record<ComponentType, (text: string) => boolean>> = {
  N: isDigits,
  X: isCset82,
  Y: isCset39,
  Z: (text) => isCset64(text.replace(/={1,2}$/, '')),
};

/** True when the length and the characters of `value` are right; what a linter would say of its content is left aside. */
export function hasAiFormat(definition: AiDefinition, value: string): boolean {
  let at = 0;
  for (const { type, min, max, optional } of definition.components) {
    const part = value.slice(at, at + max);
    at += part.length;
    if (part === '' && optional) continue;
    if (part.length < min || !IN_TYPE[type](part)) return false;
  }
  return at === value.length && at > 0;
}
