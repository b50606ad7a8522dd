import { findAiPrefix, hasAiFormat, type AiDefinition } from '../application-identifier.js';
import { checkDigit, hasValidCheckDigit, isDigits } from '../check-digit.js';
import { checkRepeats } from '../associations.js';
import { checkAiValue, GS, parseUnbracketed, type AiValue } from '../element-string.js';
import { DomainError } from '../../errors.js';
import { draftOf, isIncomplete, repaired, type Element } from './reading.js';
import { finding, type Draft, type ScanContext } from './result.js';

/** Runs `work`; a refusal of ours is undefined. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

/** As `attempt`, for element strings of which none contradicts another. */
export const attemptElements = (parse: () => readonly AiValue[]): readonly Element[] | undefined =>
  attempt(() => {
    const values = parse();
    checkRepeats(values);
    return values.map(({ ai, value }) => [ai, value] as const);
  });

/** What medicine packs and their containers carry; a lost separator is looked for in front of these only. */
const PACK_IDENTIFIERS = new Set(
  '00 01 02 10 11 13 15 16 17 20 21 22 30 37 240 241 250 710 711 712 713 714 715 716 717 90 91 92 93 94 95 96 97 98 99'.split(
    ' ',
  ),
);

/** Bounds on the search, so that no text makes triage slow. */
const NODES_MOST = 2000;
const WAYS_MOST = 100;
const LONGEST_RUN = 160;

/** Every way to cut `text` into element strings, each identifier once, when separators may be missing. */
export function splits(text: string): readonly (readonly Element[])[] {
  const found: (readonly Element[])[] = [];
  let nodes = 0;
  const walk = (at: number, elements: readonly Element[]): void => {
    if (++nodes > NODES_MOST || found.length >= WAYS_MOST) return;
    if (at === text.length) {
      found.push(elements);
      return;
    }
    const definition = findAiPrefix(text.slice(at, at + 4));
    if (definition === undefined || !PACK_IDENTIFIERS.has(definition.ai)) return;
    if (elements.some(([ai]) => ai === definition.ai)) return;
    const start = at + definition.ai.length;
    const gs = text.indexOf(GS, start);
    const end = Math.min(gs < 0 ? text.length : gs, start + definition.maxLength);
    for (let to = start + definition.minLength; to <= end; to++) {
      const value = text.slice(start, to);
      if (!isGood(definition, value)) continue;
      walk(text[to] === GS ? to + 1 : to, [...elements, [definition.ai, value]]);
    }
  };
  if (text.length <= LONGEST_RUN) walk(0, []);
  return found;
}

function isGood(definition: AiDefinition, value: string): boolean {
  if (!hasAiFormat(definition, value)) return false;
  if (definition.components.every(({ linters }) => linters.length === 0)) return true;
  return attempt(() => checkAiValue(definition, definition.ai, value) ?? true) === true;
}

const OUTER_SEPARATORS = new RegExp(`^${GS}+|${GS}+$`, 'g');

/** Reads an element string with GS for FNC1, in order or with its separators lost. */
export function readElements(text: string, context: ScanContext): readonly Draft[] {
  const body = text.startsWith(GS) || text.endsWith(GS) ? text.replace(OUTER_SEPARATORS, '') : text;
  if (body === '') return [];
  const strict = attemptElements(() => parseUnbracketed(GS + body, {}, GS));
  const drafts: Draft[] = [];
  if (strict !== undefined) {
    drafts.push(draftOf('element_string', strict, context));
    if (body.includes(GS) || !isIncomplete(drafts[0]!.reading)) return drafts;
  }
  const whole = [...drafts, ...readWithoutSeparators(body, context, drafts[0])];
  return whole.length > 0 ? whole : readWithoutExpiry(body, context);
}

/** What remains of a code whose expiry is no date. */
function readWithoutExpiry(body: string, context: ScanContext): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const match of body.matchAll(/(?=17\d{6})/g)) {
    const rest = body.slice(0, match.index) + body.slice(match.index + 8);
    const elements = attemptElements(() => parseUnbracketed(GS + rest, {}, GS));
    if (elements === undefined) continue;
    const done = `${body.slice(match.index + 2, match.index + 8)} is no date; the expiry was left out.`;
    const draft = draftOf('element_string', elements, context);
    drafts.push({ ...repaired(draft, finding('EXPIRY_INVALID', done, 0.8), -2), notices: [] });
  }
  return drafts;
}

function readWithoutSeparators(body: string, context: ScanContext, asIs: Draft | undefined): readonly Draft[] {
  const ways = splits(body).map((elements) => draftOf('element_string', elements, context));
  const same = JSON.stringify(asIs?.reading);
  const others = ways.filter(({ reading }) => JSON.stringify(reading) !== same && gains(reading, asIs?.reading));
  const sure = others.length === 1 && asIs === undefined ? 0.95 : 0.8;
  const repair = finding('SEPARATOR_LOST', 'A group separator was put back between the fields.', sure);
  return others.map((draft) => repaired(draft, repair, -1.5));
}

/** A split is worth looking at when it finds what the reading as it is lacks. */
function gains(reading: Draft['reading'], asIs: Draft['reading'] | undefined): boolean {
  if (asIs === undefined) return true;
  return (['serial', 'lot', 'expiry', 'gtin'] as const).some(
    (field) => reading[field] !== undefined && asIs[field] === undefined,
  );
}

const KEY_LENGTHS: Readonly<Record<number, '00' | '01'>> = { 8: '01', 12: '01', 13: '01', 14: '01', 18: '00' };

/** Reads bare digits: GTIN-8, -12, -13, -14 or SSCC. */
export function readDigits(text: string, context: ScanContext): readonly Draft[] {
  const ai = KEY_LENGTHS[text.length];
  if (ai === undefined || !hasValidCheckDigit(text)) return [];
  return [draftOf('digits', [[ai, ai === '01' ? text.padStart(14, '0') : text]], context)];
}

/** What the last digit of a GTIN or SSCC should have been, when that is what is wrong. */
export function checkDigitFault(text: string): string | undefined {
  const bare = /(?:^|\(|\/)0?1[)/]?(\d{13})(\d)/.exec(text) ?? /^(?:00)?(\d{17})(\d)$/.exec(text);
  const digits = isDigits(text) && text.length in KEY_LENGTHS ? text : bare === null ? undefined : bare[1]! + bare[2]!;
  if (digits === undefined || hasValidCheckDigit(digits)) return undefined;
  const body = digits.slice(0, -1);
  return `Nothing: the last digit of ${digits} should be ${checkDigit(body)}.`;
}
