import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type pino from 'pino';
import { parseBodies } from './bodies.js';
import { BadRequestError } from './problem.js';
import type { ConfigValues } from '../config/config.js';
import { sendProblem } from './problem.filter.js';
import type { RequestHooks } from './request-hooks.js';

/** A request id from a proxy is kept when it looks like one. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,80}$/;
export function fastifyAdapter(config: ConfigValues, log: pino.Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.http.bodyLimit,
    trustProxy: config.http.trustProxy,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 2000 },
    // Of a whole request: a large document may come over a slow line. Bodies that are read into memory get less.
    requestTimeout: 3_600_000,
    keepAliveTimeout: 72_000,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => sendProblem(error, request, reply),
  });
}

/** What every request meets, before and after its handler. */
export function prepareFastify(fastify: FastifyInstance, config: ConfigValues, hooks: RequestHooks): void {
  const slowMs = 1000;
  parseBodies(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    if (request.url.includes('%00')) {
      return done(new BadRequestError('BAD_REQUEST', 'A URL must not carry a NUL character.'));
    }
    const pending = hooks.run(request);
    if (pending === undefined) done();
    else pending.then(() => done(), done);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET' || pathOf(request.url) !== '/graphql' || request.headers.upgrade !== undefined)
      return done();
    if (config.graphql.graphiql && request.headers.accept?.includes('text/html') === true)
      return void reply.redirect('/graphiql');
    done(new BadRequestError('METHOD_NOT_ALLOWED', 'GraphQL is asked by POST, and subscribed to over WebSocket.', 405));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime);
    const level = ms >= slowMs ? 'info' : 'debug';
    // The route and not the path: a path may hold what the log must not, as the secret of a receipt's link.
    const route = request.routeOptions.url ?? 'none';
    request.log[level]({ method: request.method, route, status: reply.statusCode, ms }, 'request');
    done();
  });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
