import 'reflect-metadata';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { AppModule } from './app.module.js';
import { Chains } from './platform/chain/chain.js';
import { configFrom } from './platform/config/config.js';
import { readEnvironment } from './platform/config/env.js';
import { Database } from './platform/database/database.js';
import { buildSchemaOptions } from './platform/graphql/graphql.module.js';
import { createLogger } from './platform/logging.js';
import type { Platform } from './platform/platform.js';

const HEAD = '# Printed by `npm run schema`; CI compares it.\n\n';

/** The schema in GraphQL's own language, sorted. No database and no chain: providers are known, not made. */
export async function graphqlSchema(): Promise<string> {
  const app = await NestFactory.createApplicationContext(AppModule.with(standIn()), { preview: true, logger: false });
  const builder = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  const schema = await builder.get(GraphQLSchemaFactory).create(resolversOf(app), buildSchemaOptions);
  return HEAD + printSchema(lexicographicSortSchema(schema)) + '\n';
}

function standIn(): Platform {
  const config = configFrom(readEnvironment({ NODE_ENV: 'production', LOG_LEVEL: 'silent', HALISI_DEMO: '0' }));
  const database = new Database({ access: { host: '127.0.0.1', port: 1 }, poolSize: 2 });
  const chains = new Chains([]);
  return { config, log: createLogger(config), database, chains, notes: [], stop: () => Promise.resolve() };
}

function resolversOf(app: INestApplicationContext): Type[] {
  const modules = [...app.get(ModulesContainer).values()];
  const classes = modules.flatMap((module) => [...module.providers.values()].map(({ metatype }) => metatype));
  return classes.filter((found): found is Type => typeof found === 'function' && isResolver(found));
}

function isResolver(candidate: object): boolean {
  return (
    Reflect.hasMetadata('graphql:resolver_type', candidate) || Reflect.hasMetadata('graphql:resolver_name', candidate)
  );
}
