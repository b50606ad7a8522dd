/** Bounds of what is read. A document above one of them is refused with TOO_LARGE or NESTING_TOO_DEEP. */
export interface DocumentLimits {
  /** Bytes of the whole document. */
  readonly documentBytes: number;
  /** Bytes of one event. */
  readonly eventBytes: number;
  /** Bytes of everything that is not an event: the header with its master data. */
  readonly headerBytes: number;
  /** Events of the document. */
  readonly events: number;
}

/** Levels of objects, lists or elements inside each other. */
export const DEEPEST = 64;

/** What a caller does not limit itself. */
export const DEFAULT_LIMITS: DocumentLimits = {
  documentBytes: 4 * 1024 ** 3,
  eventBytes: 16 * 1024 ** 2,
  headerBytes: 32 * 1024 ** 2,
  events: Infinity,
};
