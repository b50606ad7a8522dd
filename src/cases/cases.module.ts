import { Module } from '@nestjs/common';
import { CaptureModule } from '../capture/capture.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { TraceModule } from '../trace/trace.module.js';
import { Erasing } from './erasure/erasing.service.js';
import { ErasureResolver } from './erasure/erasure.resolver.js';
import { Deciding } from './deciding.service.js';
import { HoldsStore } from './holds.store.js';
import { RecalledLotResolver, RecallsResolver } from './recalls.resolver.js';
import { RecallsService } from './recalls.service.js';
import { RecallsStore } from './recalls.store.js';
import { WhereaboutsStore } from './whereabouts.store.js';

/** What is wrong with packs and lots, and who has them: recalls and holds. */
@Module({
  imports: [CaptureModule, PartnersModule, TraceModule],
  providers: [
    Deciding,
    ErasureResolver,
    Erasing,
    HoldsStore,
    RecalledLotResolver,
    RecallsResolver,
    RecallsService,
    RecallsStore,
    WhereaboutsStore,
  ],
})
export class CasesModule {}
