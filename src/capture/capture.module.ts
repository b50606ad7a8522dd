import { Module } from '@nestjs/common';
import { PartnersModule } from '../partners/partners.module.js';
import { Acting } from './acting.service.js';
import { CaptureReference } from './capture-reference.js';
import { CaptureService } from './capture.service.js';
import { CaptureModesResolver } from './foreign/capture-modes.resolver.js';
import { CaptureModes } from './foreign/capture-modes.js';
import { ForeignCapture } from './foreign/foreign-capture.service.js';
import { EventPositions } from './event-positions.service.js';

@Module({
  imports: [PartnersModule],
  providers: [
    Acting,
    CaptureModes,
    CaptureModesResolver,
    CaptureReference,
    CaptureService,
    EventPositions,
    ForeignCapture,
  ],
  exports: [Acting, CaptureModes, CaptureService, CaptureReference, EventPositions, ForeignCapture],
})
export class CaptureModule {}
