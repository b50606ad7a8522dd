import { DomainError } from '../errors.js';
import { findAi, findAiPrefix, type AiDefinition } from './application-identifier.js';
import { lint, type LinterContext, type LinterErrorCode } from './linters/index.js';
import type { ComponentType } from './syntax-dictionary.js';

/** GS in scanner output; it stands for FNC1 (GS1 GenSpecs 7.8.3). */
export const GS = '\u001d';

/** One application identifier with its value. */
export interface AiValue {
  readonly ai: string;
  readonly value: string;
  readonly definition: AiDefinition;
}

export interface ElementStringOptions {
  /** Accept identifiers that the dictionary does not have. */
  readonly permitUnknownAis?: boolean;
  /** What the linters may ask; see LinterContext. */
  readonly linterContext?: LinterContext;
}

export type ElementStringErrorCode =
  'AI_CONTENT_INVALID' | 'AI_DATA_EMPTY' | 'AI_LENGTH_INVALID' | 'AI_SYNTAX_INVALID' | 'AI_UNKNOWN' | 'FNC1_MISSING';

/** A refused element string. `linter` names the rule for AI_CONTENT_INVALID. */
export class ElementStringError extends DomainError<ElementStringErrorCode> {
  override readonly name = 'ElementStringError';

  constructor(
    code: ElementStringErrorCode,
    message: string,
    readonly ai?: string,
    readonly linter?: LinterErrorCode,
  ) {
    super(code, message, { ai, linter });
  }
}

const CHARACTER_LINTER: Readonly<Record<ComponentType, string>> = {
  N: 'csetnumeric',
  X: 'cset82',
  Y: 'cset39',
  Z: 'cset64',
};

/**
 * Checks the start of `value` against the components of its identifier and says how many characters they took.
 * Throws ElementStringError for a component that is too short or whose content a linter refuses.
 */
function consume(definition: AiDefinition, ai: string, value: string, context: LinterContext): number {
  let at = 0;
  for (const component of definition.components) {
    const part = value.slice(at, at + component.max);
    if (component.optional && part === '') continue;
    if (part.length < component.min) {
      throw new ElementStringError('AI_LENGTH_INVALID', `AI (${ai}): ${JSON.stringify(value)} is too short.`, ai);
    }
    for (const name of [CHARACTER_LINTER[component.type], ...component.linters]) {
      const fault = lint(name, part, context);
      if (fault !== undefined) {
        throw new ElementStringError('AI_CONTENT_INVALID', `AI (${ai}): ${JSON.stringify(part)}: ${fault}.`, ai, fault);
      }
    }
    at += part.length;
  }
  return at;
}

/** Checks one value: its length, then the content of each component. Throws ElementStringError. */
export function checkAiValue(definition: AiDefinition, ai: string, value: string, context: LinterContext = {}): void {
  if (value.length < definition.minLength || value.length > definition.maxLength) {
    const expected = `${definition.minLength} to ${definition.maxLength} characters`;
    throw new ElementStringError('AI_LENGTH_INVALID', `AI (${ai}): expected ${expected}, got ${value.length}.`, ai);
  }
  if (value.includes('^')) throw new ElementStringError('AI_SYNTAX_INVALID', `AI (${ai}) contains "^".`, ai);
  if (consume(definition, ai, value, context) !== value.length) {
    throw new ElementStringError('AI_LENGTH_INVALID', `AI (${ai}): ${JSON.stringify(value)} is too long.`, ai);
  }
}

/**
 * Parses the human form `(01)09506000134352(21)ABC`; `\(` is a parenthesis within a value. Every value is checked by itself;
 * for the rules between them see `checkAssociations`. Throws ElementStringError.
 */
export function parseBracketed(text: string, options: ElementStringOptions = {}): readonly AiValue[] {
  const values: AiValue[] = [];
  let at = 0;
  while (at < text.length) {
    const close = text.indexOf(')', at);
    if (text[at] !== '(' || close < 0) {
      throw new ElementStringError(
        'AI_SYNTAX_INVALID',
        `Expected "(AI)" at position ${at} of ${JSON.stringify(text)}.`,
      );
    }
    const ai = text.slice(at + 1, close);
    const definition = findAi(ai, options.permitUnknownAis);
    if (definition === undefined) throw new ElementStringError('AI_UNKNOWN', `There is no AI (${ai}).`, ai);
    at = endOfBracketedValue(text, close + 1);
    const value = text.slice(close + 1, at).replaceAll('\\(', '(');
    checkAiValue(definition, ai, value, options.linterContext);
    values.push({ ai, value, definition });
  }
  if (values.length === 0) throw new ElementStringError('AI_DATA_EMPTY', 'The element string is empty.');
  return values;
}

function endOfBracketedValue(text: string, from: number): number {
  for (let i = from; i < text.length; i++) if (text[i] === '(' && (i === from || text[i - 1] !== '\\')) return i;
  return text.length;
}

/**
 * Parses what a symbol carries, FNC1 in first position and after values of variable length, each written as `fnc1`
 * (`^` by default). Every value is checked by itself. Throws ElementStringError.
 */
export function parseUnbracketed(text: string, options: ElementStringOptions = {}, fnc1 = '^'): readonly AiValue[] {
  if (!text.startsWith(fnc1)) throw new ElementStringError('FNC1_MISSING', 'Expected FNC1 in first position.');
  if (text.length === fnc1.length) throw new ElementStringError('AI_DATA_EMPTY', 'The element string is empty.');
  const values: AiValue[] = [];
  let at = fnc1.length;
  while (at < text.length) {
    const definition = findAiPrefix(text.slice(at, at + 4), options.permitUnknownAis);
    if (definition === undefined || definition.ai === '') {
      const start = text.slice(at, at + 4);
      throw new ElementStringError('AI_UNKNOWN', `No known AI starts ${JSON.stringify(start)}.`, start);
    }
    const { ai } = definition;
    at += ai.length;
    const next = text.indexOf(fnc1, at);
    const field = text.slice(at, next < 0 ? text.length : next);
    if (field === '') throw new ElementStringError('AI_LENGTH_INVALID', `AI (${ai}) has no value.`, ai);
    const length = consume(definition, ai, field, options.linterContext ?? {});
    if (definition.fnc1 && length < field.length) {
      throw new ElementStringError('AI_LENGTH_INVALID', `AI (${ai}): ${JSON.stringify(field)} is too long.`, ai);
    }
    values.push({ ai, value: field.slice(0, length), definition });
    at += length;
    if (text.startsWith(fnc1, at)) at += fnc1.length;
  }
  return values;
}

/** The element string of a symbol: FNC1 first and wherever a value of variable length is followed by another. */
export function toUnbracketed(values: readonly Pick<AiValue, 'ai' | 'value' | 'definition'>[], fnc1 = '^'): string {
  let out = '';
  let separate = true;
  for (const { ai, value, definition } of values) {
    out += (separate ? fnc1 : '') + ai + value;
    separate = definition.fnc1;
  }
  return out;
}

/** The human form, `(01)09506000134352(21)ABC`; a parenthesis that opens within a value becomes `\(`. */
export const toBracketed = (values: readonly Pick<AiValue, 'ai' | 'value'>[]): string =>
  values.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('');

/**
 * Makes an element string out of identifiers and values, checking each. Throws ElementStringError.
 */
export function elementsOf(pairs: readonly (readonly [ai: string, value: string])[]): readonly AiValue[] {
  return pairs.map(([ai, value]) => {
    const definition = findAi(ai);
    if (definition === undefined) throw new ElementStringError('AI_UNKNOWN', `There is no AI (${ai}).`, ai);
    checkAiValue(definition, ai, value);
    return { ai, value, definition };
  });
}
