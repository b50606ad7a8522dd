import { z } from 'zod';
import type { Question } from '../question.js';

/** What came of a question to another system. The words are public API and stored. */
export const OUTCOMES = [
  'verified',
  'failed',
  'never_seen',
  'not_in_directory',
  'silent',
  'refused',
  'invalid',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_TEXTS: Readonly<Record<Outcome, string>> = {
  verified: 'The maker’s system knows the pack, and lot and expiry agree.',
  failed: 'The maker’s system knows the serial number, and something speaks against the pack: see the failure reason.',
  never_seen: 'The maker’s system answered that it made no pack with this serial number.',
  not_in_directory: 'Nobody is known who answers for this GTIN. That says nothing about the pack.',
  silent: 'The maker’s system did not answer. That says nothing about the pack.',
  refused: 'The maker’s system did not accept the question or who asked it. That says nothing about the pack.',
  invalid: 'Something answered that is not the maker’s system, or not as it must. Do not rely on it.',
};

/** Answers of other systems may carry more than the standard has, and reasons that their vendors invented. */
const message = z.looseObject({
  responderGLN: z.string().max(20).optional(),
  corrUUID: z.string().optional(),
  data: z.looseObject({
    verified: z.boolean(),
    verificationFailureReason: z.string().max(200).optional(),
    additionalInfo: z.union([z.string().max(200), z.array(z.string().max(200)).max(10)]).optional(),
  }),
});

export interface ReadAnswer {
  readonly outcome: Outcome;
  readonly responderGln: string | null;
  readonly failureReason: string | null;
  readonly additionalInfo: string | null;
}

const nothing = (outcome: Outcome): ReadAnswer => ({
  outcome,
  responderGln: null,
  failureReason: null,
  additionalInfo: null,
});

/** What an answer says: a status alone, or a body that must be about this question. */
export function readAnswer(status: number, body: unknown, question: Question, gln: string | null): ReadAnswer {
  if (status === 404) return nothing('not_in_directory');
  if (status !== 200) return nothing(status >= 500 || status === 408 || status === 429 ? 'silent' : 'refused');
  const parsed = message.safeParse(body);
  if (!parsed.success) return nothing('invalid');
  const { responderGLN = null, corrUUID, data } = parsed.data;
  const isForUs = corrUUID === undefined || corrUUID.toLowerCase() === question.corrUUID;
  if (!isForUs || (gln !== null && responderGLN !== gln)) return nothing('invalid');
  const { verified, verificationFailureReason: failureReason = null, additionalInfo = null } = data;
  return {
    outcome: verified ? 'verified' : failureReason === 'No_match_GTIN_Serial' ? 'never_seen' : 'failed',
    responderGln: responderGLN,
    failureReason,
    additionalInfo: Array.isArray(additionalInfo) ? additionalInfo.join(', ') : additionalInfo,
  };
}
