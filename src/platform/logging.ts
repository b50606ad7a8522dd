import { type LoggerService } from '@nestjs/common';
import pino from 'pino';
import type { ConfigValues } from './config/config.js';

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
    serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
  };
  return stream === undefined ? pino(options) : pino(options, stream);
}

/** Nest's own messages, in the same log. Its start-up chatter is at debug. */
export function nestLogger(log: pino.Logger): LoggerService {
  const write =
    (level: pino.Level) =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.length > 0 ? rest[rest.length - 1] : undefined;
      if (message instanceof Error) log[level]({ err: message, context });
      else log[level]({ context, ...(rest.length > 1 ? { detail: rest[0] } : {}) }, String(message));
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
