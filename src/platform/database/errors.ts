/** Classes of SQLSTATE that say the server or the way to it is gone: connection, resources, operator intervention. */
const LOST_CLASSES = new Set(['08', '53', '57']);
const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const LOST_MESSAGES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed and is not queryable',
  'timeout exceeded when trying to connect',
  'Cannot use a pool after calling end on the pool',
  'Connection ended unexpectedly',
];
/** 57014 is a cancelled query: the server is there. */
const QUERY_CANCELED = '57014';

/** Codes of Prisma's client that have no SQLSTATE behind them: not reached, timed out, closed, no connection free. */
const LOST_PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);

/** What Prisma's driver adapter keeps of an error of pg. */
interface DriverFailure {
  readonly originalCode?: unknown;
  readonly constraint?: { readonly index?: unknown };
}

function driverFailure(error: unknown): DriverFailure | undefined {
  const { meta } = (error ?? {}) as { meta?: { driverAdapterError?: { cause?: DriverFailure } } };
  return meta?.driverAdapterError?.cause;
}

/** The SQLSTATE of an error of PostgreSQL, as `23505`, also through Prisma; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = driverFailure(error)?.originalCode ?? (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(E|P[1-9])/.test(code) ? code : undefined;
}

/**
 * Whether an error says that the database cannot be reached just now, so that the caller may try again. The outcome of
 * what was under way is unknown: a commit may have happened.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== undefined) return LOST_CLASSES.has(state.slice(0, 2)) && state !== QUERY_CANCELED;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && LOST_CODES.has(code) && 'syscall' in error) return true;
  if (typeof code === 'string' && LOST_PRISMA_CODES.has(code)) return true;
  if (LOST_MESSAGES.some((message) => error.message.includes(message))) return true;
  if (error instanceof AggregateError) return error.errors.some((inner) => isConnectionLoss(inner));
  return error.cause !== undefined && error.cause !== error && isConnectionLoss(error.cause);
}

/** Whether the same work may succeed when it runs again: a serialization failure or a deadlock. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Whether an error is the violation of a unique constraint, by name where one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  if (constraint === undefined) return true;
  return (driverFailure(error)?.constraint?.index ?? (error as { constraint?: unknown }).constraint) === constraint;
}
