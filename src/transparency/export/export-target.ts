import { DomainError } from '../../domain/errors.js';

/** Why an export stops. Stable; an operator reads it. */
export type ExportErrorCode =
  | 'EXPORT_TARGET_INVALID'
  | 'EXPORT_TARGET_UNREADABLE'
  | 'EXPORT_OTHER_LOG'
  | 'EXPORT_NOT_A_PREFIX'
  | 'EXPORT_TARGET_MOVED'
  | 'EXPORT_LOG_DAMAGED'
  | 'EXPORT_STORE_REFUSED'
  | 'EXPORT_STORE_FAILED';

/** An export that cannot go on. Nothing that readers see was changed by the failing step. */
export class ExportError extends DomainError<ExportErrorCode> {
  override readonly name = 'ExportError';

  constructor(
    code: ExportErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    override readonly cause?: unknown,
  ) {
    super(code, message, details);
  }
}

/** What readers are to be told of a file; a plain static file server has its own way. */
export interface FileHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
}

/**
 * Where a static copy of the log goes. Paths are those of c2sp.org/tlog-tiles, below the log's prefix.
 * A write is whole: readers see the old bytes or the new ones, the new ones once its promise is kept. Writing the same again
 * is no harm. After `settle` no power cut undoes the writes before it. All throw ExportError: EXPORT_STORE_REFUSED where trying again cannot help, else
 * EXPORT_STORE_FAILED.
 */
export abstract class ExportTarget {
  /** For people. */
  abstract readonly place: string;
  /** Writes that may be under way at once. */
  abstract readonly parallel: number;
  /** Null where there is no such file. */
  abstract read(path: string): Promise<Uint8Array | null>;
  abstract write(path: string, bytes: Uint8Array, headers: FileHeaders): Promise<void>;
  abstract settle(): Promise<void>;
  /** Gives up what is waited for: it throws EXPORT_STORE_FAILED, and so does everything after. */
  close(): void {}
}
