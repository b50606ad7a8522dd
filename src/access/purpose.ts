import { DomainError } from '../domain/errors.js';

/** Why somebody reads another organisation's data. */
export const purposes = [
  'dispensing',
  'receiving',
  'investigation',
  'recall',
  'audit',
  'saleable_return',
  'support',
  'status',
] as const;
export type Purpose = (typeof purposes)[number];

export class PurposeUnknownError extends DomainError<'PURPOSE_UNKNOWN'> {
  override readonly name = 'PurposeUnknownError';
}

/** Reads a purpose as a request says it (any case, `-` for `_`); `fallback` where it says none. Throws PurposeUnknownError. */
export function parsePurpose(said: string | undefined, fallback: Purpose): Purpose {
  if (said === undefined || said.trim() === '') return fallback;
  const word = said.trim().toLowerCase().replaceAll('-', '_');
  const purpose = purposes.find((each) => each === word);
  if (purpose !== undefined) return purpose;
  throw new PurposeUnknownError(
    'PURPOSE_UNKNOWN',
    `A purpose is one of ${purposes.join(', ')}; this is ${JSON.stringify(said)}.`,
    { expected: [...purposes], got: said },
  );
}
