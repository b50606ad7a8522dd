import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from '../logging.js';
import { problemOf } from './problem.js';

/** Sends a failure of a plain request as `application/problem+json` (RFC 9457) with a stable `code`. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  if (problem === undefined) request.log.error({ err: error }, 'A request failed unexpectedly.');
  const { status, code, message, details } = problem ?? {
    status: 500,
    code: 'INTERNAL',
    message: 'Something went wrong on our side. The request id helps to find out what.',
  };
  const body = {
    type: 'about:blank',
    title: message,
    status,
    code,
    requestId: request.id,
    ...(details && { details }),
  };
  void reply.status(status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}

/** The one filter of all controllers. GraphQL errors pass on to GraphQL's own formatter. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(Log) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() === 'graphql') throw error;
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return this.log.pino.error({ err: error }, 'A request failed after its answer had begun.');
    sendProblem(error, http.getRequest<FastifyRequest>(), reply);
  }
}
