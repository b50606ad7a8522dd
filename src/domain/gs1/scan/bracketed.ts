import { findAi } from '../application-identifier.js';
import { checkAiValue, parseBracketed } from '../element-string.js';
import { attempt, attemptElements } from './element.js';
import { draftOf, repaired, type Element } from './reading.js';
import { finding, type Draft, type ScanContext } from './result.js';

/** Reads `(01)...(21)...`; parentheses within values and GTINs of fewer than 14 digits are repaired. */
export function readBracketed(text: string, context: ScanContext): readonly Draft[] {
  const strict = attemptElements(() => parseBracketed(text));
  if (strict !== undefined) {
    return [draftOf('bracketed', strict, context)];
  }
  const drafts: Draft[] = [];
  for (const elements of groupings(text)) drafts.push(...readLoose(elements, context));
  return drafts;
}

function readLoose(elements: readonly Element[], context: ScanContext): readonly Draft[] {
  const filled = elements.map(([ai, value]): Element =>
    ai === '01' && [8, 12, 13].includes(value.length) ? [ai, value.padStart(14, '0')] : [ai, value],
  );
  const good = filled.every(([ai, value]) => attempt(() => checkAiValue(findAi(ai)!, ai, value) ?? true) === true);
  if (!good) return [];
  let draft = draftOf('bracketed', filled, context);
  if (filled.some(([, value], at) => value !== elements[at]![1])) {
    draft = repaired(draft, finding('GTIN_NOT_14_DIGITS', 'The GTIN was filled with zeros to 14 digits.', 0.98), 0);
  }
  if (elements.some(([, value]) => value.includes('('))) {
    draft = repaired(draft, finding('PARENTHESES_IN_VALUE', 'A parenthesis was read as part of a value.', 0.8), -1);
  }
  return [draft];
}

const GROUPS_MOST = 10;

/** Every way to read the parentheses of `text`: each opens an identifier, or belongs to the value before it. */
function groupings(text: string): readonly (readonly Element[])[] {
  const marks = [...text.matchAll(/\((\d{2,4})\)/g)].filter(({ 1: ai }) => findAi(ai!) !== undefined);
  if (marks.length === 0 || marks[0]!.index !== 0 || marks.length > GROUPS_MOST) return [];
  const ways: (readonly Element[])[] = [];
  for (let choice = 0; choice < 2 ** (marks.length - 1); choice++) {
    const chosen = marks.filter((_, at) => at === 0 || (choice & (1 << (at - 1))) === 0);
    const elements = chosen.map((mark, at): Element => {
      const end = chosen[at + 1]?.index ?? text.length;
      return [mark[1]!, text.slice(mark.index + mark[0].length, end)];
    });
    if (new Set(elements.map(([ai]) => ai)).size === elements.length) ways.push(elements);
  }
  return ways;
}
