import { DomainError } from '../domain/errors.js';

/** No token, or one that does not count. `details.reason` says which, so that a client knows when to refresh. */
export class UnauthenticatedError extends DomainError<'UNAUTHENTICATED'> {
  override readonly name = 'UnauthenticatedError';

  constructor(reason: 'missing' | 'invalid' | 'expired' | 'ended', message: string) {
    super('UNAUTHENTICATED', message, { reason });
  }
}

/** Signed in, and not allowed to. */
export class ForbiddenError extends DomainError<'FORBIDDEN'> {
  override readonly name = 'ForbiddenError';

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super('FORBIDDEN', message, details);
  }
}

/** Wrong e-mail or password, wrong client or secret: one answer for all of them. */
export class CredentialsRefusedError extends DomainError<'CREDENTIALS_REFUSED'> {
  override readonly name = 'CredentialsRefusedError';

  constructor() {
    super('CREDENTIALS_REFUSED', 'No active account has these credentials.');
  }
}

/** `details.retryAfter` is in seconds. */
export class RateLimitedError extends DomainError<'RATE_LIMITED'> {
  override readonly name = 'RateLimitedError';

  constructor(readonly retryAfter: number) {
    super('RATE_LIMITED', `Too many attempts; try again in ${retryAfter} s.`, { retryAfter });
  }
}

export class RefreshRefusedError extends DomainError<'REFRESH_TOKEN_INVALID' | 'REFRESH_TOKEN_REUSED'> {
  override readonly name = 'RefreshRefusedError';
}
