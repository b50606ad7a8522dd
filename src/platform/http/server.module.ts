import { Inject, Module } from '@nestjs/common';
import { Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Config } from '../config/config.js';

@ObjectType({ description: 'What this installation is.' })
export class ServerInfo {
  @Field(() => String, { description: 'The time on the server, in UTC.' })
  time: string;

  @Field(() => Boolean, { description: 'Whether it runs with the demo network.' })
  demo: boolean;
}

@Resolver(() => ServerInfo)
export class ServerResolver {
  constructor(@Inject(Config) private readonly config: Config) {}

  @Query(() => ServerInfo, { description: 'What this installation is, for anyone.' })
  server(): ServerInfo {
    return { time: new Date().toISOString(), demo: this.config.demo };
  }
}

@Module({ providers: [ServerResolver] })
export class ServerModule {}
