import { Module } from '@nestjs/common';
import { PartnersModule } from '../partners/partners.module.js';
import { CaptureReference } from './capture-reference.js';
import { CaptureService } from './capture.service.js';

@Module({
  imports: [PartnersModule],
  providers: [CaptureReference, CaptureService],
  exports: [CaptureService, CaptureReference],
})
export class CaptureModule {}
