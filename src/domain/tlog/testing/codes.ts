import { TlogError, TlogErrorCode } from '../errors.js';

/** The code of the TlogError that `work` throws; undefined where it returns. Any other error is thrown on. */
export function codeOf(work: () => unknown): TlogErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof TlogError) return error.code;
    throw error;
  }
}
