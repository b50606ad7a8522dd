import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestHooks } from '../platform/http/request-hooks.js';
import { UnauthenticatedError } from './errors.js';
import './marks.js';
import { Tokens } from './tokens.js';

/**
 * Puts the actor on each request that carries a bearer token (RFC 6750 §2.1). A token that does not count refuses nothing
 * by itself: a public answer stays public, and everything else says why.
 */
@Injectable()
export class ActorHook implements OnModuleInit {
  constructor(
    @Inject(RequestHooks) private readonly hooks: RequestHooks,
    @Inject(Tokens) private readonly tokens: Tokens,
  ) {}

  onModuleInit(): void {
    this.hooks.add((request) => this.identify(request));
  }

  private identify(request: FastifyRequest): Promise<void> | void {
    const { authorization } = request.headers;
    if (authorization === undefined || !/^bearer /i.test(authorization)) return;
    const token = authorization.slice(7).trim();
    const known = this.tokens.known(token);
    if (known !== undefined) {
      request.actor = known;
      return;
    }
    return this.check(request, token);
  }

  private async check(request: FastifyRequest, token: string): Promise<void> {
    try {
      request.actor = await this.tokens.check(token);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      request.actorRefused = error;
    }
  }
}
