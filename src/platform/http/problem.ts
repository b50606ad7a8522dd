import { HttpException } from '@nestjs/common';
import { DomainError } from '../../domain/errors.js';
import { isConnectionLoss } from '../database/errors.js';

/** A request that is wrong before anything looked at its content: in its form, its size or its encoding. */
export class BadRequestError extends DomainError {
  override readonly name = 'BadRequestError';

  constructor(
    code: string,
    message: string,
    readonly status = 400,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, message, details);
  }
}

/** What a client learns of a failure, the same through GraphQL and REST. */
export interface Problem {
  readonly status: number;
  /** Stable and part of the API. */
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Codes that say something else than "the input is refused". */
const STATUS_OF_CODE = new Map<string, number>([
  ['UNAUTHENTICATED', 401],
  ['TOKEN_EXPIRED', 401],
  ['FORBIDDEN', 403],
  ['NOT_FOUND', 404],
  ['CONFLICT', 409],
  ['RECEIPT_PENDING', 409],
  ['EVENT_ERASED', 410],
  ['PAYLOAD_TOO_LARGE', 413],
  ['UNSUPPORTED_MEDIA_TYPE', 415],
  ['NOT_ACCEPTABLE', 406],
  ['RATE_LIMITED', 429],
  ['UNAVAILABLE', 503],
]);

const CODE_OF_STATUS = new Map<number, string>([
  [400, 'BAD_REQUEST'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [405, 'METHOD_NOT_ALLOWED'],
  [406, 'NOT_ACCEPTABLE'],
  [409, 'CONFLICT'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [414, 'URI_TOO_LONG'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
  [429, 'RATE_LIMITED'],
  [431, 'HEADERS_TOO_LARGE'],
  [503, 'UNAVAILABLE'],
]);

const UNAVAILABLE: Problem = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The service cannot reach its database just now. Send the same request again.',
};

/** The problem that an error means; undefined where it is a fault of ours, which a client learns nothing about. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof DomainError) {
    const status = error instanceof BadRequestError ? error.status : (STATUS_OF_CODE.get(error.code) ?? 422);
    return { status, code: error.code, message: error.message, details: error.details };
  }
  if (isConnectionLoss(error)) return UNAVAILABLE;
  if (error instanceof HttpException && error.getStatus() < 500) {
    return { status: error.getStatus(), code: codeOfStatus(error.getStatus()), message: error.message };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: codeOfStatus(status), message: (error as Error).message };
  }
  return undefined;
}

export function codeOfStatus(status: number): string {
  return CODE_OF_STATUS.get(status) ?? 'BAD_REQUEST';
}
