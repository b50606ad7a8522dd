import { expandConvenienceAlphas } from '../../../src/domain/gs1/convenience-alphas.js';
import { toCbvForm, toCbvFormOfField, type CbvForm } from '../../../src/domain/gs1/cbv-name.js';
import { digitalLinkToUrn, isEpcUri, urnToDigitalLink } from '../../../src/domain/gs1/epc-uri.js';
import type { Comparison } from './jsonl.js';

/** A case of `gs1/identifiers.jsonl`; `args` are the arguments after the first as they stood in the test. */
export interface IdentifierCase {
  readonly fn: string;
  readonly input: string;
  readonly args?: string | null;
  readonly ok?: boolean;
  readonly gcpLength?: number | null;
  readonly expect?: string;
}

/**
 * Without a length the source looks the prefix up in the list of GS1, which is not among the vectors. The expected URN shows
 * what it found there, so such a case tests the translation and not the list.
 */
function prefixLength({ args, expect }: IdentifierCase): number {
  return args == null ? /:(\d+)\./.exec(expect ?? '')![1]!.length : Number(args);
}

const FORMS: Readonly<Record<string, CbvForm>> = { urn: 'urn', weburi: 'web' };

function cbvName({ input, args }: IdentifierCase): string {
  const [field, format] = JSON.parse(`[${args ?? 'null, null'}]`) as readonly (string | null)[];
  const form = FORMS[(format ?? '').toLowerCase()];
  return field === null || form === undefined ? input : toCbvFormOfField(input, field!, form);
}

const FUNCTIONS: Readonly<Record<string, (one: IdentifierCase) => string>> = {
  toURI: ({ input }) => urnToDigitalLink(input),
  toURIForClassLevelIdentifier: ({ input }) => urnToDigitalLink(input),
  toURN: (one) => digitalLinkToUrn(one.input, prefixLength(one)),
  toURNForClassLevelIdentifier: (one) => digitalLinkToUrn(one.input, prefixLength(one)),
  'normalize/args': ({ input }) => expandConvenienceAlphas(input),
  toCbvVocabulary: cbvName,
  toBareStringVocabulary: ({ input }) => toCbvForm(input, 'bare'),
  shortNameReplacer: ({ input }) => toCbvForm(input, 'web'),
  toUrnVocabulary: ({ input }) => toCbvForm(input, 'urn'),
  toWebURIVocabulary: ({ input }) => toCbvForm(input, 'web'),
};

/** Judges one case of the translator between EPC URNs, Digital Links and CBV names. */
export function identifiers(one: IdentifierCase): Comparison {
  if (one.fn === 'validate') {
    const got = isEpcUri(one.input, one.gcpLength ?? undefined);
    return { expected: String(one.ok), got: String(got) };
  }
  const work = FUNCTIONS[one.fn];
  if (work === undefined) throw new RangeError(`There is no function ${one.fn}.`);
  return { expected: String(one.expect), got: work(one) };
}
