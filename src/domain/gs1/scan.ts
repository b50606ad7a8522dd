import { parseDigitalLink } from './digital-link.js';
import { isDigits } from './check-digit.js';
import { GS } from './element-string.js';
import { readBracketed } from './scan/bracketed.js';
import { attemptElements, checkDigitFault, readDigits, readElements } from './scan/element.js';
import { gluedParts } from './scan/glued.js';
import { isCertain } from './scan/certain.js';
import { otherKeyboards } from './scan/keyboards.js';
import { draftOf, repaired } from './scan/reading.js';
import {
  finding,
  type Draft,
  type ScanCandidate,
  type ScanContext,
  type ScanFinding,
  type ScanResult,
} from './scan/result.js';

export type * from './scan/result.js';

/** Longer than any GS1 symbol carries, and short enough that triage stays quick. */
const LONGEST = 1000;
const ALTERNATIVES_MOST = 20;
const CLEAN_FROM = 0.75;
const REPAIRED_FROM = 0.85;

/**
 * Finds out what a scan says, and what is wrong with the scan before anything is said about the pack. `raw` is what a scanner or
 * a keyboard gave: an element string with or without symbology identifier and FNC1, parentheses, a Digital Link, or digits.
 * Never throws and never guesses in silence: docs/formats/scan.md. The alternatives of a scan that is certainly clean are worked
 * out when they are first asked for.
 */
export function triageScan(raw: string, context: ScanContext = {}): ScanResult {
  const text = trimEnds(raw);
  if (text.length === 0 || text.length > LONGEST) return unreadable(raw, text);
  const asIs = readText(text, context);
  if (isCertain(text, asIs, context)) {
    return cleanResult(raw, asIs[0]!, () => rank([...asIs, ...readOtherwise(text, context)]).slice(1));
  }
  return decide(raw, text, rank([...asIs, ...readOtherwise(text, context)]));
}

/** What the text would say if a keyboard fault had made it. */
const readOtherwise = (text: string, context: ScanContext): readonly Draft[] =>
  otherKeyboards(text).flatMap((variant) =>
    readText(variant.text, context)
      .map((draft) => variant.repairs.reduceRight((one, repair) => repaired(one, repair, 0), draft))
      .map((draft) => ({ ...draft, score: draft.score + variant.weight })),
  );

/** Every possible reading, the most probable first: what to look up when the first is not found. */
export function scanCandidates(result: ScanResult): readonly ScanResult['alternatives'][number]['reading'][] {
  const others = result.alternatives.map(({ reading }) => reading);
  return result.reading === undefined ? others : [result.reading, ...others];
}

const END = /[\s\u0000-\u001c\u200b-\u200f\u2060\ufeff]/;

/** A scanner ends its output with Enter or Tab; that is no fault. */
function trimEnds(raw: string): string {
  let from = 0;
  let to = raw.length;
  while (from < to && END.test(raw[from]!)) from++;
  while (from < to && END.test(raw[to - 1]!)) to--;
  return raw.slice(from, to);
}

/** What the text says as it is typed; the readings of the whole of it come last. */
function readText(text: string, context: ScanContext): readonly Draft[] {
  const glued = gluedParts(text).flatMap(({ parts, sure }) => {
    const done = sure ? 'A second scan of the same item was cut off.' : 'Two scans were taken apart.';
    const repair = finding('GLUED_CODES', done, sure ? 0.97 : 0.7);
    return parts.flatMap((part) => readOne(part, context)).map((draft) => repaired(draft, repair, sure ? 3 : -0.5));
  });
  return [...glued, ...readOne(text, context)];
}

function readOne(text: string, context: ScanContext): readonly Draft[] {
  if (/^https?:\/\//i.test(text)) return readLink(text, context);
  return separatorVariants(text).flatMap(({ text: body, repairs, notices }) => {
    const drafts = readForm(body, context);
    const told = drafts.map((draft) => ({ ...draft, notices: [...notices, ...draft.notices] }));
    return repairs.reduce<readonly Draft[]>((all, repair) => all.map((draft) => repaired(draft, repair, 0)), told);
  });
}

function readForm(text: string, context: ScanContext): readonly Draft[] {
  const identifier = /^\]([A-Za-z])(\d)/.exec(text);
  if (identifier !== null) return readIdentified(identifier[1]!, text.slice(3), context);
  if (text.startsWith('(')) return readBracketed(text, context);
  if (isDigits(text) && [8, 12, 13, 14, 18].includes(text.length)) return readDigits(text, context);
  return readElements(text, context);
}

/** Upper-case E is a retail barcode, I is ITF-14; the others carry element strings, a link, or digits. */
function readIdentified(letter: string, rest: string, context: ScanContext): readonly Draft[] {
  if (letter === 'E' || letter === 'I') return readDigits(rest, context);
  if (!'CQJde'.includes(letter)) return [];
  if (/^https?:\/\//i.test(rest)) return readLink(rest, context);
  return rest.startsWith('(') ? readBracketed(rest, context) : readElements(rest, context);
}

function readLink(text: string, context: ScanContext): readonly Draft[] {
  const uri = text.replace(/^https?/i, (scheme) => scheme.toLowerCase());
  const strict = attemptElements(() => parseDigitalLink(uri));
  const lenient = { permitConvenienceAlphas: true, permitZeroSuppressedGtin: true };
  const elements = strict ?? attemptElements(() => parseDigitalLink(uri, lenient));
  if (elements === undefined) return [];
  const draft = draftOf('digital_link', elements, context);
  const filled = draft.reading.gtin !== undefined && !uri.includes(draft.reading.gtin);
  if (!filled) return [draft];
  return [repaired(draft, finding('GTIN_NOT_14_DIGITS', 'The GTIN was filled with zeros to 14 digits.', 0.98), 0)];
}

interface SeparatorVariant {
  readonly text: string;
  readonly repairs: readonly ScanFinding[];
  readonly notices: readonly ScanFinding[];
}

const NAMED_SEPARATOR = /\{GS\}|<GS>|\[GS\]|\{FNC1\}|<FNC1>|\[FNC1\]|\\x1d|\\u001d|\u241d/gi;
const SEPARATOR_SIGN = /[\^|~#@¬\u001c\u001e\u001f]/g;
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u2060\ufeff]|[\u0000-\u001b\u007f]/g;

/** Nothing in it stands for a separator or is invisible. */
const PLAIN = /^[\u001d!"$-;=?A-Z\]_`a-z]*$/;

/** The text with its separators as GS; white space is either nothing or, on some scanners, the separator. */
function separatorVariants(text: string): readonly SeparatorVariant[] {
  if (PLAIN.test(text)) return [{ text, repairs: [], notices: [] }];
  const plain = text.replace(NAMED_SEPARATOR, GS).replace(SEPARATOR_SIGN, GS);
  const substituted = finding('SEPARATOR_SUBSTITUTED', 'The sign that the scanner sends for GS was read as GS.', 1);
  const notices = plain === text ? [] : [substituted];
  const visible = plain.replace(INVISIBLE, '');
  if (visible === plain) return [{ text: plain, repairs: [], notices }];
  const removed = finding('INVISIBLE_CHARACTERS', 'Spaces and characters that do not show were removed.', 0.98);
  const spaced = plain.replace(/[ \t\u00a0]+/g, GS).replace(INVISIBLE, '');
  return [
    { text: visible, repairs: [removed], notices },
    ...(spaced === visible ? [] : [{ text: spaced, repairs: [removed], notices: [...notices, substituted] }]),
  ];
}

function decide(raw: string, text: string, candidates: readonly ScanCandidate[]): ScanResult {
  const [first, ...others] = candidates;
  if (first === undefined) return unreadable(raw, text);
  const needed = first.repairs.length === 0 ? CLEAN_FROM : REPAIRED_FROM;
  if (first.confidence < needed) {
    return { raw, status: 'ambiguous', repairs: [], notices: first.notices, alternatives: candidates };
  }
  const { form, reading, repairs, notices } = first;
  const status = repairs.length === 0 ? 'clean' : 'repaired';
  return { raw, status, form, reading, repairs, notices, alternatives: others };
}

function cleanResult(raw: string, first: Draft, others: () => readonly ScanCandidate[]): ScanResult {
  const { form, reading, repairs, notices } = first;
  let known: readonly ScanCandidate[] | undefined;
  return {
    raw,
    status: 'clean',
    form,
    reading,
    repairs,
    notices,
    get alternatives() {
      return (known ??= others());
    },
  };
}

/** The candidates with their shares of the belief, the most probable first. */
function rank(drafts: readonly Draft[]): readonly ScanCandidate[] {
  const ranked = distinct(drafts);
  const best = ranked[0]?.score ?? 0;
  const total = ranked.reduce((sum, draft) => sum + Math.exp(draft.score - best), 0);
  return ranked.slice(0, ALTERNATIVES_MOST).map(({ score, ...draft }) => ({
    ...draft,
    confidence: Math.exp(score - best) / total,
  }));
}

/** The best draft of each reading, the best first; of equal ones the one with fewer repairs. */
function distinct(drafts: readonly Draft[]): readonly Draft[] {
  if (drafts.length < 2) return drafts;
  const better = (a: Draft, b: Draft): number => b.score - a.score || a.repairs.length - b.repairs.length;
  const seen = new Set<string>();
  return drafts.toSorted(better).filter(({ reading }) => {
    const { others, ...fields } = reading;
    const key = JSON.stringify([Object.entries(fields).sort(), Object.entries(others).sort()]);
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function unreadable(raw: string, text: string): ScanResult {
  const checkDigit = checkDigitFault(text.replace(INVISIBLE, '').replace(/^\][A-Za-z]\d/, ''));
  const notices =
    checkDigit === undefined
      ? [finding('NOT_GS1', 'Nothing: this is no GS1 code that could be read.', 1)]
      : [finding('CHECK_DIGIT_WRONG', checkDigit, 1)];
  return { raw, status: 'unreadable', repairs: [], notices, alternatives: [] };
}
