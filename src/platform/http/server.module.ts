import { Inject, Module } from '@nestjs/common';
import { Field, Float, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Config } from '../config/config.js';
import { Chain } from '../chain/chain.js';

@ObjectType({ description: 'What this installation is.' })
export class ServerInfo {
  @Field(() => String, { description: 'The time on the server, in UTC.' })
  time: string;

  @Field(() => Boolean, { description: 'Whether it runs with the demo network.' })
  demo: boolean;

  @Field(() => Float, { description: 'The chain that the log is anchored to (EIP-155 chain id).' })
  chainId: number;

  @Field(() => String, { description: 'The contract that keeps the anchors.' })
  contract: string;
}

@Resolver(() => ServerInfo)
export class ServerResolver {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Chain) private readonly chain: Chain,
  ) {}

  @Query(() => ServerInfo, { description: 'What this installation is, for anyone.' })
  server(): ServerInfo {
    const { chainId, contract } = this.chain;
    return { time: new Date().toISOString(), demo: this.config.demo, chainId, contract };
  }
}

@Module({ providers: [ServerResolver] })
export class ServerModule {}
