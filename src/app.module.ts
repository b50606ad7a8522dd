import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { CaptureModule } from './capture/capture.module.js';
import { CasesModule } from './cases/cases.module.js';
import { InteropModule } from './interop/interop.module.js';
import { LabelsModule } from './labels/labels.module.js';
import { PartnersModule } from './partners/partners.module.js';
import type { Platform } from './platform/platform.js';
import { PlatformModule } from './platform/platform.module.js';
import { ServerModule } from './platform/http/server.module.js';
import { TransparencyModule } from './transparency/transparency.module.js';
import { StepsModule } from './steps/steps.module.js';
import { TraceModule } from './trace/trace.module.js';
import { VerificationModule } from './verification/verification.module.js';

/** The whole server: the platform, and the modules of every floor above it. */
@Module({
  imports: [
    ServerModule,
    AccessModule,
    PartnersModule,
    TransparencyModule,
    CaptureModule,
    TraceModule,
    StepsModule,
    LabelsModule,
    VerificationModule,
    CasesModule,
    InteropModule,
  ],
})
export class AppModule {
  static with(platform: Platform): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(platform)] };
  }
}
