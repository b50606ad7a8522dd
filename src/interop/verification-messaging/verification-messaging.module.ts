import { Module } from '@nestjs/common';
import { VerificationModule } from '../../verification/verification.module.js';
import { ExternalResolver, VerificationElsewhereResolver } from './requester/external.resolver.js';
import { ExternalStore } from './requester/external.store.js';
import { Outside } from './requester/outside.js';
import { OwnCredentials } from './requester/own-credentials.js';
import { RequesterLimit } from './requester/requester-limit.js';
import { Requester } from './requester/requester.service.js';
import { RespondersResolver } from './requester/responders.resolver.js';
import { Responders } from './requester/responders.service.js';
import { RespondersStore } from './requester/responders.store.js';
import { MessagingLimit } from './responder/messaging-limit.js';
import { RequestsResolver } from './responder/requests.resolver.js';
import { RequestsStore } from './responder/requests.store.js';
import { ResponderController } from './responder/responder.controller.js';
import { Responder } from './responder/responder.service.js';
import { TradingPartners } from './responder/trading-partners.js';

/** Verification of product identifiers between systems: asked by others, and asking others. */
@Module({
  imports: [VerificationModule],
  controllers: [ResponderController],
  providers: [
    ExternalResolver,
    ExternalStore,
    MessagingLimit,
    Outside,
    OwnCredentials,
    Requester,
    RequesterLimit,
    RequestsResolver,
    RequestsStore,
    Responder,
    Responders,
    RespondersResolver,
    RespondersStore,
    TradingPartners,
    VerificationElsewhereResolver,
  ],
})
export class VerificationMessagingModule {}
