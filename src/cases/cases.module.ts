import { Module } from '@nestjs/common';
import { CaptureModule } from '../capture/capture.module.js';
import { TraceModule } from '../trace/trace.module.js';
import { Deciding } from './deciding.service.js';
import { HoldsStore } from './holds.store.js';
import { RecalledLotResolver, RecallsResolver } from './recalls.resolver.js';
import { RecallsService } from './recalls.service.js';
import { RecallsStore } from './recalls.store.js';
import { WhereaboutsStore } from './whereabouts.store.js';

/** What is wrong with packs and lots, and who has them: recalls and holds. */
@Module({
  imports: [CaptureModule, TraceModule],
  providers: [
    Deciding,
    HoldsStore,
    RecalledLotResolver,
    RecallsResolver,
    RecallsService,
    RecallsStore,
    WhereaboutsStore,
  ],
})
export class CasesModule {}
