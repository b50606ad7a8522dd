import { Module } from '@nestjs/common';
import { PartnersModule } from '../partners/partners.module.js';
import { CaptureReference } from './capture-reference.js';
import { CaptureService } from './capture.service.js';
import { EventPositions } from './event-positions.service.js';

@Module({
  imports: [PartnersModule],
  providers: [CaptureReference, CaptureService, EventPositions],
  exports: [CaptureService, CaptureReference, EventPositions],
})
export class CaptureModule {}
