import { findAi, type AiDefinition } from './application-identifier.js';

/** The longest run of qualifiers among `present` that may follow the key; of equally long ones the first in text order. */
export function keyPathOf(key: AiDefinition, present: ReadonlySet<string>): readonly string[] {
  const candidates = (key.dlQualifiers ?? []).map((alternative) => [
    key.ai,
    ...alternative.filter((ai) => present.has(ai)),
  ]);
  const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  candidates.sort((a, b) => b.length - a.length || inOrder(a.join(' '), b.join(' ')));
  return candidates[0] ?? [key.ai];
}

/** True when `sequence` is a primary key followed by some of its qualifiers in their order. */
export function isKeyPath(sequence: readonly string[]): boolean {
  const [key, ...qualifiers] = sequence;
  const alternatives = key === undefined ? undefined : findAi(key)?.dlQualifiers;
  return alternatives?.some((alternative) => isSubsequence(qualifiers, alternative)) ?? false;
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (part[at] === item) at++;
  return at === part.length;
}
