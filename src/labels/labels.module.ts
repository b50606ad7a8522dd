import { Module } from '@nestjs/common';
import { TraceModule } from '../trace/trace.module.js';
import { LabelPrinter } from './label-printer.service.js';
import { LabelSubjects } from './label-subjects.service.js';
import { LabelsController } from './labels.controller.js';
import { LabelsResolver } from './labels.resolver.js';
import { LabelsService } from './labels.service.js';
import { LabelsStore } from './labels.store.js';
import { ReceiptCodesController } from './receipt-codes.controller.js';

/** Barcodes for packs, lots and containers, through GraphQL and as plain URLs, and receipts as QR codes. */
@Module({
  imports: [TraceModule],
  controllers: [LabelsController, ReceiptCodesController],
  providers: [
    { provide: LabelsService, useFactory: () => new LabelsService() },
    LabelPrinter,
    LabelSubjects,
    LabelsResolver,
    LabelsStore,
  ],
  exports: [LabelsService],
})
export class LabelsModule {}
