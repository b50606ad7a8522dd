import { Module } from '@nestjs/common';
import { CaptureModule } from '../capture/capture.module.js';
import { EventQueryService } from './event-query/event-query.service.js';
import { EventQueryStore } from './event-query/event-query.store.js';
import { SearchBackfill } from './event-query/search-backfill.js';
import { EventsResolver } from './events/events.resolver.js';
import { EventsService } from './events/events.service.js';
import { EventsStore } from './events/events.store.js';
import { GapsResolver } from './gaps/gaps.resolver.js';
import { GapsStore } from './gaps/gaps.store.js';
import { LiveResolver } from './live/live.resolver.js';
import { LiveService } from './live/live.service.js';
import { LogTail } from './live/log-tail.js';
import { LogTailStore } from './live/log-tail.store.js';
import { MasterDataModule } from '../partners/master-data/master-data.module.js';
import { Names } from './names.service.js';
import { OwnSites } from './own-sites.service.js';
import { ContainerResolver, PackResolver } from './packs/packs.resolver.js';
import { PacksService } from './packs/packs.service.js';
import { PacksStore } from './packs/packs.store.js';
import { LinkLimit } from './receipts/link-limit.js';
import { ReceiptDesk } from './receipts/receipt-desk.service.js';
import { ReceiptEventsStore } from './receipts/receipt-events.store.js';
import { ReceiptLinks } from './receipts/receipt-links.service.js';
import { ReceiptLinksStore } from './receipts/receipt-links.store.js';
import { ReceiptVisibility } from './receipts/receipt-visibility.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { ReceiptsResolver } from './receipts/receipts.resolver.js';
import { VerifyPageController } from './receipts/verify-page.controller.js';
import { VerifyPage } from './receipts/verify-page.js';
import { ShipmentsResolver } from './shipments/shipments.resolver.js';
import { ShipmentsService } from './shipments/shipments.service.js';
import { ShipmentsStore } from './shipments/shipments.store.js';
import { StockResolver } from './stock/stock.resolver.js';
import { StockStore } from './stock/stock.store.js';
import { TrailsService } from './trails.service.js';
import { TrailsStore } from './trails.store.js';

/** What happened and how things stand, for those who may see it. Exports Names, OwnSites, ReceiptDesk and ShipmentsService to the floor above. */
@Module({
  imports: [CaptureModule, MasterDataModule],
  controllers: [ReceiptsController, VerifyPageController],
  providers: [
    ContainerResolver,
    EventQueryService,
    EventQueryStore,
    EventsResolver,
    EventsService,
    EventsStore,
    GapsResolver,
    GapsStore,
    LinkLimit,
    LiveResolver,
    LiveService,
    LogTail,
    LogTailStore,
    Names,
    OwnSites,
    PackResolver,
    PacksService,
    PacksStore,
    ReceiptDesk,
    ReceiptEventsStore,
    ReceiptLinks,
    ReceiptLinksStore,
    ReceiptVisibility,
    ReceiptsResolver,
    SearchBackfill,
    ShipmentsResolver,
    ShipmentsService,
    ShipmentsStore,
    StockResolver,
    StockStore,
    TrailsService,
    TrailsStore,
    VerifyPage,
  ],
  exports: [EventQueryService, Names, OwnSites, ReceiptDesk, ShipmentsService],
})
export class TraceModule {}
