import { DocumentError, type DocumentErrorCode } from '../../../domain/epcis/document.js';
import { NotTranslatableError } from '../../../domain/epcis/translate.js';
import { type EpcisException, EpcisProblem } from './epcis-problem.js';

const EXCEPTIONS: Readonly<Partial<Record<DocumentErrorCode, EpcisException>>> = {
  TOO_LARGE: 'CaptureLimitExceededException',
  MEDIA_TYPE_UNKNOWN: 'UnsupportedMediaTypeException',
  NOT_EXPRESSIBLE: 'NotAcceptableException',
};

/** What is wrong with a document in the terms of the binding; any other error as it is. */
export function asEpcisProblem(error: unknown): unknown {
  if (error instanceof NotTranslatableError) {
    return new EpcisProblem('NotAcceptableException', error.code, error.message, error.details);
  }
  if (!(error instanceof DocumentError)) return error;
  return new EpcisProblem(EXCEPTIONS[error.code] ?? 'ValidationException', error.code, error.message, error.details);
}

/** A document that is being written; what it cannot say is told in the terms of the binding. */
export async function* asProblems(write: () => AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* write();
  } catch (error) {
    throw asEpcisProblem(error);
  }
}
