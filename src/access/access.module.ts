import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ServerResolver } from '../platform/http/server.module.js';
import { AccessGuard } from './access.guard.js';
import { AccessTrail } from './access-trail.js';
import { AccessTrailResolver } from './access-trail.resolver.js';
import { AccessTrailStore } from './access-trail.store.js';
import { ActorHook } from './actor-hook.js';
import { Attempts } from './attempts.js';
import { CredentialsStore } from './credentials.store.js';
import { Endings } from './endings.js';
import { JwksController } from './jwks.controller.js';
import { markPublic } from './marks.js';
import { OAuthController } from './oauth.controller.js';
import { SignInResolver } from './sign-in.resolver.js';
import { SignInService } from './sign-in.service.js';
import { SigningKeys } from './signing-keys.js';
import { SigningKeysStore } from './signing-keys.store.js';
import { Tokens } from './tokens.js';

markPublic(ServerResolver.prototype.server);

/** Who is calling, and what they may do and see. Exports AccessTrail, Tokens and SigningKeys to every module. */
@Global()
@Module({
  controllers: [JwksController, OAuthController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    ActorHook,
    Attempts,
    AccessTrail,
    AccessTrailResolver,
    AccessTrailStore,
    CredentialsStore,
    Endings,
    SignInResolver,
    SignInService,
    SigningKeys,
    SigningKeysStore,
    Tokens,
  ],
  exports: [AccessTrail, CredentialsStore, Tokens, SigningKeys, SignInService],
})
export class AccessModule {}
