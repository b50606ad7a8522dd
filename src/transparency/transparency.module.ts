import { Global, Module } from '@nestjs/common';
import { Chains } from '../platform/chain/chain.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { IdentityController } from './api/identity.controller.js';
import { TrustDocument } from './api/trust-document.js';
import { LogController } from './api/log.controller.js';
import { LogResolver } from './api/log.resolver.js';
import { LogLanes } from './log/log-lanes.js';
import { LogReader } from './log/log-reader.js';
import { ExportWorker } from './export/export.worker.js';
import { ReceiptsService } from './receipts/receipts.service.js';
import { TrailWorker } from './trail/trail.worker.js';
import { TransparencyMetrics } from './transparency.metrics.js';
import { Transparency } from './transparency.service.js';
import { WitnessWorker } from './witness/witness.worker.js';
import { TransparencyWorker } from './transparency.worker.js';

/** The log made public and anchored. Exports ReceiptsService, Transparency and LogReader to every module. */
@Global()
@Module({
  controllers: [LogController, IdentityController],
  providers: [
    LogLanes,
    { provide: LogReader, inject: [LogLanes], useFactory: ({ database }: LogLanes) => new LogReader(database) },
    {
      provide: ReceiptsService,
      inject: [LogLanes, LogReader, Transparency],
      useFactory: ({ database }: LogLanes, reader: LogReader, { identity }: Transparency) =>
        new ReceiptsService(database, reader, identity.policy),
    },
    { provide: Transparency, inject: [Config, Database, LogReader, Chains], useFactory: Transparency.open },
    ExportWorker,
    LogResolver,
    TrailWorker,
    TransparencyMetrics,
    TransparencyWorker,
    TrustDocument,
    WitnessWorker,
  ],
  exports: [LogReader, ReceiptsService, Transparency, TrustDocument],
})
export class TransparencyModule {}
