import { DomainError } from '../../../domain/errors.js';

interface ExceptionRow {
  readonly status: number;
  readonly title: string;
}

/** The exceptions of the REST binding (EPCIS 2.0 §12, RFC 7807 `type` = `epcisException:<name>`), with their usual status. */
export const EPCIS_EXCEPTIONS = {
  ValidationException: { status: 400, title: 'The request or the document is not valid.' },
  QueryValidationException: { status: 400, title: 'The query is not valid.' },
  QueryParameterException: { status: 400, title: 'A parameter of the query is not valid.' },
  SubscriptionControlsException: { status: 400, title: 'The controls of the subscription are not valid.' },
  SecurityException: { status: 403, title: 'Access is refused.' },
  NoSuchNameException: { status: 404, title: 'There is no such resource.' },
  NotAcceptableException: { status: 406, title: 'The answer cannot be given in the form that was asked for.' },
  ResourceAlreadyExistsException: { status: 409, title: 'A resource with this identifier exists already.' },
  CaptureLimitExceededException: { status: 413, title: 'The document is larger than the capture limits.' },
  QueryTooLargeException: { status: 413, title: 'The query has more results than were asked for.' },
  QueryTooComplexException: { status: 413, title: 'The query needs more work than one request may.' },
  URITooLongException: { status: 414, title: 'The URI is too long.' },
  UnsupportedMediaTypeException: { status: 415, title: 'The media type of the body is not understood.' },
  ImplementationException: { status: 500, title: 'The server could not do it.' },
} as const satisfies Record<string, ExceptionRow>;

export type EpcisException = keyof typeof EPCIS_EXCEPTIONS;

/** A refusal under /epcis: the binding's exception, our stable code within it, and what a person reads. */
export class EpcisProblem extends DomainError {
  override readonly name = 'EpcisProblem';
  readonly status: number;

  constructor(
    readonly exception: EpcisException,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    status?: number,
  ) {
    super(code, message, details);
    this.status = status ?? EPCIS_EXCEPTIONS[exception].status;
  }
}

/** 404, also for what exists and the asker may not see. */
export const noSuch = (what: string): EpcisProblem =>
  new EpcisProblem('NoSuchNameException', 'NOT_FOUND', `There is no ${what}, or none that you may see.`);
