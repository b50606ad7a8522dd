import { DomainError } from '../domain/errors.js';

/** Why a request about a hold is refused before the custody rules see it. */
export type CaseRefusal = 'EPC_INVALID' | 'RECALL_CLASS_INVALID' | 'REASON_INVALID';

export class CaseRefusedError extends DomainError<CaseRefusal> {
  override readonly name = 'CaseRefusedError';
}

const LONGEST_REASON = 500;

/** A reason as a person gave it: 1 to 500 characters. Throws REASON_INVALID. */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length >= 1 && reason.length <= LONGEST_REASON) return reason;
  const message = `A reason has 1 to ${LONGEST_REASON} characters; this one has ${reason.length}.`;
  throw new CaseRefusedError('REASON_INVALID', message);
}
