import { Module } from '@nestjs/common';
import { CaptureModule } from '../../capture/capture.module.js';
import { TraceModule } from '../../trace/trace.module.js';
import { PageTokensController } from './paging/page-tokens.controller.js';
import { PageTokens } from './paging/page-tokens.js';
import { PageTokensStore } from './paging/page-tokens.store.js';
import { EventPages } from './queries/event-pages.js';
import { EventQueries } from './queries/event-queries.js';
import { EventsController } from './queries/events.controller.js';
import { NamedQueries } from './queries/named-queries.service.js';
import { NamedQueriesStore } from './queries/named-queries.store.js';
import { QueriesController } from './queries/queries.controller.js';
import { EpcisRestModule } from './rest/rest.module.js';
import { SocketDoor } from './sockets/socket-door.js';
import { StandingSockets } from './sockets/standing-sockets.js';
import { DeadLettersController } from './subscriptions/dead-letters.controller.js';
import { DeadLettersStore } from './subscriptions/dead-letters.store.js';
import { DeliveriesStore } from './subscriptions/deliveries.store.js';
import { Delivering } from './subscriptions/delivering.service.js';
import { LogReadingStore } from './subscriptions/log-reading.store.js';
import { StandingFiguresStore } from './subscriptions/standing-figures.store.js';
import { StandingReader } from './subscriptions/standing-reader.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';
import { SubscriptionMetrics } from './subscriptions/subscriptions.metrics.js';
import { Subscriptions } from './subscriptions/subscriptions.service.js';
import { SubscriptionsStore } from './subscriptions/subscriptions.store.js';
import { SubscriptionsWorker } from './subscriptions/subscriptions.worker.js';
import { Epcs } from './vocabularies/epcs.service.js';
import { EpcsStore } from './vocabularies/epcs.store.js';
import { VocabulariesController } from './vocabularies/vocabularies.controller.js';
import { Vocabularies } from './vocabularies/vocabularies.service.js';
import { VocabulariesStore } from './vocabularies/vocabularies.store.js';
import { VocabulariesWorker } from './vocabularies/vocabularies.worker.js';
import { Webhook } from './subscriptions/webhook.js';

/** The query side of the binding: events, what they use, named queries, and subscriptions by web address and by WebSocket. */
@Module({
  imports: [CaptureModule, EpcisRestModule, TraceModule],
  controllers: [
    DeadLettersController,
    EventsController,
    PageTokensController,
    QueriesController,
    SubscriptionsController,
    VocabulariesController,
  ],
  providers: [
    DeadLettersStore,
    DeliveriesStore,
    Delivering,
    Epcs,
    EpcsStore,
    EventPages,
    EventQueries,
    LogReadingStore,
    NamedQueries,
    NamedQueriesStore,
    PageTokens,
    PageTokensStore,
    SocketDoor,
    StandingFiguresStore,
    StandingReader,
    StandingSockets,
    SubscriptionMetrics,
    Subscriptions,
    SubscriptionsStore,
    SubscriptionsWorker,
    Vocabularies,
    VocabulariesStore,
    VocabulariesWorker,
    Webhook,
  ],
})
export class StandingModule {}
