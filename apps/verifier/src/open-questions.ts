import type { Check } from '../../../src/domain/receipt/check.js';

/**
 * What remains to be believed where no link is broken. `log`: whose log it is. `chain`: that the chain holds the anchor.
 * `block`: that a block of this number has this hash; the rest of the anchor follows from it.
 */
export type OpenQuestion = 'log' | 'chain' | 'block';

/** What the links leave open, for want of a trust file or of a chain to ask. */
export function openQuestions(checks: readonly Check[]): OpenQuestion[] {
  const held = new Set<string>(checks.filter(({ ok }) => ok === true).map(({ name }) => name));
  const asked = new Set<string>(checks.filter(({ ok }) => ok !== null).map(({ name }) => name));
  const open: OpenQuestion[] = [];
  if (!asked.has('log-key')) open.push('log');
  if (!asked.has('chain-event') && !held.has('block-known')) open.push(held.has('anchor-state') ? 'block' : 'chain');
  return open;
}
