import { type LoggerService } from '@nestjs/common';
import pino from 'pino';
import type { ConfigValues } from './config/config.js';
import { sqlState } from './database/errors.js';

/** What never reaches a log, at any depth that we log. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'clientSecret',
  'privateKey',
];
const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]).concat([
  'req.headers["set-cookie"]',
  'res.headers["set-cookie"]',
]);

/** The token of the structured logger (pino). */
export abstract class Log {
  abstract readonly pino: pino.Logger;
}

/** Structured logs: one JSON object a line on standard output. */
export function createLogger(config: Pick<ConfigValues, 'logLevel'>, stream?: pino.DestinationStream): pino.Logger {
  const options: pino.LoggerOptions = {
    level: config.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: errorRecord, error: errorRecord },
  };
  return stream === undefined ? pino(options) : pino(options, stream);
}

/** What is written of an error. */
export interface ErrorRecord {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where the code is one of PostgreSQL's, or a cause has one. */
  readonly sqlState?: string;
  readonly stack?: string;
  readonly cause?: ErrorRecord | readonly ErrorRecord[];
}

const DEEPEST_CAUSE = 5;

/**
 * An error as the log holds it: these members and no others, because errors of libraries carry what they were thrown
 * with: whole connections with their passwords, rows, parameters.
 */
export function errorRecord(error: unknown, depth = 0): ErrorRecord {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code = (error as { code?: unknown }).code;
  const state = sqlState(error);
  const cause = depth < DEEPEST_CAUSE ? causeOf(error) : undefined;
  return {
    type: error.constructor.name || error.name,
    message: error.message,
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(state !== undefined && { sqlState: state }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(Array.isArray(cause) && { cause: cause.map((each) => errorRecord(each, depth + 1)) }),
    ...(cause instanceof Error && { cause: errorRecord(cause, depth + 1) }),
  };
}

const causeOf = (error: Error): unknown => error.cause ?? (error instanceof AggregateError ? error.errors : undefined);

/** Nest's own messages, in the same log. Its start-up chatter is at debug. */
export function nestLogger(log: pino.Logger): LoggerService {
  const write =
    (level: pino.Level) =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.length > 0 ? rest[rest.length - 1] : undefined;
      const detail = rest.length > 1 ? rest[0] : undefined;
      if (message instanceof Error) log[level]({ err: message, context });
      else if (detail instanceof Error) log[level]({ err: detail, context }, String(message));
      else log[level]({ context, ...(detail !== undefined && { detail }) }, String(message));
    };
  return {
    log: write('debug'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
    fatal: write('fatal'),
  };
}
