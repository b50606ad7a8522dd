import { Module } from '@nestjs/common';
import { PartnersModule } from '../partners/partners.module.js';
import { Acting } from './acting.service.js';
import { CaptureReference } from './capture-reference.js';
import { CaptureService } from './capture.service.js';
import { EventPositions } from './event-positions.service.js';

@Module({
  imports: [PartnersModule],
  providers: [Acting, CaptureReference, CaptureService, EventPositions],
  exports: [Acting, CaptureService, CaptureReference, EventPositions],
})
export class CaptureModule {}
