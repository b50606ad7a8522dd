import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Chains } from './chain/chain.js';
import { Config } from './config/config.js';
import { Database } from './database/database.js';
import { Prisma } from './database/prisma.js';
import { PubSub } from './graphql/pubsub.js';
import { graphqlModule } from './graphql/graphql.module.js';
import { HealthController } from './http/health.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestHooks } from './http/request-hooks.js';
import { ServedRoutes } from './http/served-routes.js';
import { Workers } from './jobs/workers.js';
import { Lifecycle, StartupNotes } from './lifecycle.js';
import { Log } from './logging.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import type { Platform } from './platform.js';

/** What every module may inject: Config, Log, Database, Prisma, Chains, PubSub, Workers, RequestHooks, ServedRoutes, Metrics. */
@Global()
@Module({})
export class PlatformModule {
  static with(platform: Platform): DynamicModule {
    const given = [
      { provide: Config, useValue: platform.config },
      { provide: Log, useValue: { pino: platform.log } },
      { provide: Database, useValue: platform.database },
      { provide: Chains, useValue: platform.chains },
      { provide: Prisma, useFactory: (database: Database) => new Prisma(database), inject: [Database] },
    ];
    const own = [Lifecycle, StartupNotes, RequestHooks, ServedRoutes, Workers, PubSub, Metrics];
    return {
      module: PlatformModule,
      imports: [graphqlModule()],
      controllers: [HealthController, MetricsController],
      providers: [...given, ...own, { provide: APP_FILTER, useClass: ProblemFilter }],
      exports: [...given.map(({ provide }) => provide), ...own],
    };
  }
}
