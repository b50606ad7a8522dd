import type { Purpose } from '../../access/purpose.js';

/**
 * Why a trading partner asks, in the words of the parameter `context` (GS1 Lightweight Messaging, US implementation
 * guideline 1.3), and the purpose under which it is recorded here.
 */
export const CONTEXTS: ReadonlyMap<string, Purpose> = new Map<string, Purpose>([
  ['dscsaSaleableReturn', 'saleable_return'],
  ['dscsaSuspect', 'investigation'],
  ['dscsaException', 'support'],
  ['dscsaStatus', 'status'],
]);
