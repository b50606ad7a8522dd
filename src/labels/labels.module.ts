import { Module } from '@nestjs/common';
import { LabelPrinter } from './label-printer.service.js';
import { LabelSubjects } from './label-subjects.service.js';
import { LabelsController } from './labels.controller.js';
import { LabelsResolver } from './labels.resolver.js';
import { LabelsService } from './labels.service.js';
import { LabelsStore } from './labels.store.js';

/** Barcodes for packs, lots and containers, through GraphQL and as plain URLs. */
@Module({
  controllers: [LabelsController],
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
