import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import { checkGraphqlBody } from './platform/graphql/request-body.js';
import { fastifyAdapter, prepareFastify } from './platform/http/fastify.js';
import { RequestHooks } from './platform/http/request-hooks.js';
import { ServedRoutes } from './platform/http/served-routes.js';
import { Lifecycle, StartupNotes } from './platform/lifecycle.js';
import { nestLogger } from './platform/logging.js';
import { Metrics } from './platform/metrics/metrics.js';
import type { Platform } from './platform/platform.js';

/** A server that listens. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Where it listens, as http://127.0.0.1:3000. */
  readonly url: string;
  readonly notes: readonly string[];
  /** Fails readiness, stops accepting, drains what is under way, and stops the workers. The platform goes on. */
  close(): Promise<void>;
}

/** Builds the server on a platform that stands, without listening. */
export async function createApp(platform: Platform): Promise<NestFastifyApplication> {
  const adapter = fastifyAdapter(platform.config, platform.log);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(platform), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: nestLogger(platform.log),
  });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const routes = app.get(ServedRoutes);
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  prepareFastify(fastify, platform.config, app.get(RequestHooks));
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.method === 'POST' && request.routeOptions.url === '/graphql') {
      checkGraphqlBody(request.body, platform.config.graphql.maxBatch);
    }
    done();
  });
  const metrics = app.get(Metrics);
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observeRequest(
      request.method,
      request.routeOptions.url ?? 'none',
      reply.statusCode,
      reply.elapsedTime / 1000,
    );
    done();
  });
  return app;
}

/** Starts the server on a platform that stands. */
export async function serve(platform: Platform): Promise<RunningServer> {
  const { config } = platform;
  const app = await createApp(platform);
  await app.listen(config.http.port, config.http.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const lifecycle = app.get(Lifecycle);
  lifecycle.markReady();
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  return {
    app,
    url: `http://${host}:${port}`,
    notes: [...platform.notes, ...app.get(StartupNotes).lines],
    close: async () => {
      lifecycle.drain();
      await delay(config.shutdownGraceMs);
      await app.close();
    },
  };
}
