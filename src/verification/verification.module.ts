import { Module } from '@nestjs/common';
import { CaptureModule } from '../capture/capture.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { SerialsModule } from '../partners/serials/serials.module.js';
import { PublicLimit } from './public-limit.js';
import { Scanning } from './scanning.service.js';
import { ScansStore } from './scans.store.js';
import { VerificationController } from './verification.controller.js';
import { VerificationResolver } from './verification.resolver.js';
import { VerificationService } from './verification.service.js';

/** A scan in, a verdict out. */
@Module({
  imports: [CaptureModule, PartnersModule, SerialsModule],
  controllers: [VerificationController],
  providers: [PublicLimit, Scanning, ScansStore, VerificationResolver, VerificationService],
  exports: [PublicLimit, Scanning, VerificationService],
})
export class VerificationModule {}
