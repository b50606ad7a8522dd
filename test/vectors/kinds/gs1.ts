import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '../../../src/domain/errors.js';
import { checkAssociations, checkExclusions, checkRepeats } from '../../../src/domain/gs1/associations.js';
import { checkRequisites, checkSignedKeys } from '../../../src/domain/gs1/associations.js';
import { canonicalDigitalLink } from '../../../src/domain/gs1/canonical.js';
import { parseDigitalLink, toDigitalLink, type DigitalLinkOptions } from '../../../src/domain/gs1/digital-link.js';
import * as elementString from '../../../src/domain/gs1/element-string.js';
import { AI_TABLE } from '../../../src/domain/gs1/generated/ai-table.js';
import { lint, type LinterContext } from '../../../src/domain/gs1/linters/index.js';
import { generateScanData, processScanData, type Symbology } from '../../../src/domain/gs1/scan-data.js';
import { parseSyntaxDictionary } from '../../../src/domain/gs1/syntax-dictionary.js';
import { identifiers } from './gs1-identifiers.js';
import { jsonlKind, type Comparison } from './jsonl.js';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';

const { parseBracketed, parseUnbracketed, toUnbracketed, ElementStringError } = elementString;

function dictionary({ path }: VectorFile): CaseResult[] {
  const fresh = parseSyntaxDictionary(readFileSync(path, 'utf8'));
  const ok = isDeepStrictEqual(fresh, AI_TABLE);
  const got = ok ? 'the same' : `${AI_TABLE.length} entries, of ${fresh.length} in the dictionary`;
  return [{ name: 'the committed table equals a fresh generation', ok, expected: 'the same', got }];
}

interface LinterCase {
  readonly linter: string;
  readonly input: string;
  readonly error?: string;
  readonly markup?: string;
}

const ofLinter = ({ linter, input, error, markup }: LinterCase): Comparison => ({
  expected: error ?? 'ok',
  got: lint(linter, input, registerOf(error, markup)) ?? 'ok',
});

/**
 * The published tests of the company-prefix rules run with a made-up register of prefixes. Their marked-up input shows which
 * prefix it refuses or cannot look up.
 */
function registerOf(error: string | undefined, markup: string | undefined): LinterContext {
  const prefix = markup?.split('*')[1];
  if (error === 'INVALID_GCP_PREFIX') return { companyPrefix: (digits) => (digits === prefix ? 'unknown' : 'known') };
  if (error === 'GCP_DATASOURCE_OFFLINE')
    return { companyPrefix: (digits) => (digits === prefix ? 'offline' : 'known') };
  return {};
}

/** The answer, or `refused`; anything but a refusal of ours is passed on as a failure. */
function orRefused(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return 'refused';
    throw error;
  }
}

interface ElementCase {
  readonly fn: string;
  readonly input: string;
  readonly ok: boolean;
  readonly expect?: string;
  readonly error?: string;
}

const ASSOCIATIONS: Readonly<Record<string, (values: readonly elementString.AiValue[]) => void>> = {
  validateAIs: checkAssociations,
  validateAIrepeats: checkRepeats,
  validateAImutex: checkExclusions,
  validateAIrequisites: checkRequisites,
  validateDigSigRequiresSerialisedKey: checkSignedKeys,
};

function linterErrorOf(input: string): string {
  try {
    parseBracketed(input);
    return 'OK';
  } catch (error) {
    return error instanceof ElementStringError ? (error.linter ?? error.code) : String(error);
  }
}

function ofElementString({ fn, input, ok, expect, error }: ElementCase): Comparison {
  if (fn === 'linterError') return { expected: error!, got: linterErrorOf(input) };
  const accepted = expect ?? 'accepted';
  const got = orRefused(() => {
    const check = ASSOCIATIONS[fn];
    if (check !== undefined) check(parseBracketed(input, { permitUnknownAis: true }));
    else if (fn === 'parseBracketedAI') return toUnbracketed(parseBracketed(input));
    else if (fn === 'processUnbracketedAI') parseUnbracketed(input);
    else throw new RangeError(`There is no function ${fn}.`);
    return 'accepted';
  });
  return { expected: ok ? accepted : 'refused', got };
}

interface LinkCase {
  readonly fn: string;
  readonly input: string;
  readonly ok: boolean;
  readonly expect: string;
  readonly stem?: string | null;
  readonly flags: Readonly<Record<string, string>>;
}

function optionsOf(flags: LinkCase['flags']): DigitalLinkOptions {
  const [validation = '', enabled = 'true'] = (flags['ValidationEnabled'] ?? '').split(/,\s*/);
  return {
    permitConvenienceAlphas: flags['permitConvenienceAlphas'] === 'true',
    permitZeroSuppressedGtin: flags['PermitZeroSuppressedGTINinDLuris'] === 'true',
    permitUnknownAis: flags['PermitUnknownAIs'] === 'true',
    unknownAisAreAttributes: validation.endsWith('vUNKNOWN_AI_NOT_DL_ATTR') && enabled === 'false',
  };
}

function ofDigitalLink({ fn, input, ok, expect, stem, flags }: LinkCase): Comparison {
  const options = optionsOf(flags);
  const got = orRefused(() =>
    fn === 'parseDLuri'
      ? toUnbracketed(parseDigitalLink(input, options))
      : toDigitalLink(parseBracketed(input, options), stem ?? undefined, options),
  );
  return { expected: ok ? expect : 'refused', got };
}

interface ScanCase {
  readonly fn: string;
  readonly input: string;
  readonly symbology: Symbology;
  readonly ok?: boolean;
  readonly expect: string | null;
}

function ofScanData({ fn, input, symbology, ok, expect }: ScanCase): Comparison {
  if (fn === 'generateScanData') {
    return { expected: String(expect), got: String(generateScanData(symbology, input) ?? null) };
  }
  const got = orRefused(() => {
    const read = processScanData(input);
    return `${read.symbology} ${read.message}`;
  });
  return { expected: ok === true ? `${symbology} ${expect}` : 'refused', got };
}

interface NormalisationCase {
  readonly input: unknown;
  readonly expect: string | null;
}

const ofNormalisation = ({ input, expect }: NormalisationCase): Comparison => ({
  expected: String(expect),
  got: String((typeof input === 'string' ? canonicalDigitalLink(input) : undefined) ?? null),
});

/** The GS1 vectors. */
export const gs1Kinds: VectorKind[] = [
  { name: 'gs1 dictionary', matches: (path) => path === 'gs1/gs1-syntax-dictionary.txt', run: dictionary },
  jsonlKind('gs1/linters.jsonl', ofLinter),
  jsonlKind('gs1/element-strings.jsonl', ofElementString),
  jsonlKind('gs1/digital-link.jsonl', ofDigitalLink),
  jsonlKind('gs1/scan-data.jsonl', ofScanData),
  jsonlKind('gs1/identifiers.jsonl', identifiers),
  jsonlKind('gs1/digital-link-normalisation.jsonl', ofNormalisation),
];
