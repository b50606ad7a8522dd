import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from '../logging.js';
import { type Problem, problemOf } from './problem.js';

export type ProblemWriter = (problem: Problem, error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

const INTERNAL: Problem = {
  status: 500,
  code: 'INTERNAL',
  message: 'Something went wrong on our side. The request id helps to find out what.',
};

/** Protocols that have a form of their own for what goes wrong, by the path below which they are spoken. */
const writers = new Map<string, ProblemWriter>();

/** Everything that fails at `path` and below it, handlers or none, is answered by `write`. */
export function answerProblemsBelow(path: string, write: ProblemWriter): void {
  writers.set(path, write);
}

/** Sends the failure of a plain request: in the form of the protocol that was spoken, else as RFC 9457 says. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  if (problem === undefined) request.log.error({ err: error }, 'A request failed unexpectedly.');
  const write = writers.get(/^\/[^/?#]*/.exec(request.url)?.[0] ?? '') ?? writeProblem;
  write(problem ?? INTERNAL, error, request, reply);
}

/** `application/problem+json` (RFC 9457) with a stable `code`. */
function writeProblem(
  { status, code, message, details }: Problem,
  _error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
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
