import { DomainError } from '../errors.js';
import { matchesAiPattern } from './application-identifier.js';
import type { AiValue } from './element-string.js';

export type AssociationErrorCode = 'AI_EXCLUSIVE' | 'AI_REPEATED' | 'AI_REQUIRED' | 'AI_SERIAL_REQUIRED';

/** Element strings that are good one by one but must not stand together. */
export class AssociationError extends DomainError<AssociationErrorCode> {
  override readonly name = 'AssociationError';
}

const has = (values: readonly AiValue[], pattern: string, except?: string): boolean =>
  values.some(({ ai }) => ai !== except && matchesAiPattern(ai, pattern));

/** GS1 GenSpecs 4.14.1: identifiers that exclude each other. Throws AssociationError AI_EXCLUSIVE. */
export function checkExclusions(values: readonly AiValue[]): void {
  for (const { ai, definition } of values) {
    const other = definition.excludes.find((pattern) => has(values, pattern, ai));
    if (other !== undefined) {
      throw new AssociationError('AI_EXCLUSIVE', `AI (${ai}) must not stand with AI (${other}).`, { ai, other });
    }
  }
}

/** GS1 GenSpecs 4.14.2: identifiers that need others. Throws AssociationError AI_REQUIRED. */
export function checkRequisites(values: readonly AiValue[]): void {
  for (const { ai, definition } of values) {
    for (const alternatives of definition.requires) {
      if (alternatives.some((group) => group.every((pattern) => has(values, pattern, ai)))) continue;
      const expected = alternatives.map((group) => group.join('+')).join(', ');
      throw new AssociationError('AI_REQUIRED', `AI (${ai}) requires one of ${expected}.`, { ai, expected });
    }
  }
}

/** The same identifier twice must say the same (several symbols on one item). Throws AssociationError AI_REPEATED. */
export function checkRepeats(values: readonly AiValue[]): void {
  const seen = new Map<string, string>();
  for (const { ai, value } of values) {
    const before = seen.get(ai);
    if (before !== undefined && before !== value) {
      throw new AssociationError('AI_REPEATED', `AI (${ai}) is there twice: ${before} and ${value}.`, { ai });
    }
    seen.set(ai, value);
  }
}

const KEYS_WITH_OPTIONAL_SERIAL = ['253', '255', '8003'];

/** A digital signature (8030) needs the serial component of its key. Throws AssociationError AI_SERIAL_REQUIRED. */
export function checkSignedKeys(values: readonly AiValue[]): void {
  if (!has(values, '8030')) return;
  for (const { ai, value, definition } of values) {
    if (KEYS_WITH_OPTIONAL_SERIAL.includes(ai) && value.length === definition.minLength) {
      throw new AssociationError('AI_SERIAL_REQUIRED', `AI (${ai}) with AI (8030) needs its serial component.`, { ai });
    }
  }
}

/** All rules between the element strings of one item. Throws AssociationError. */
export function checkAssociations(values: readonly AiValue[]): void {
  checkExclusions(values);
  checkRequisites(values);
  checkRepeats(values);
  checkSignedKeys(values);
}
