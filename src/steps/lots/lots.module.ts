import { Module } from '@nestjs/common';
import { CaptureModule } from '../../capture/capture.module.js';
import { PartnersModule } from '../../partners/partners.module.js';
import { LotsResolver } from './lots.resolver.js';
import { LotsService } from './lots.service.js';
import { LotsStore } from './lots.store.js';

@Module({ imports: [PartnersModule, CaptureModule], providers: [LotsStore, LotsService, LotsResolver] })
export class LotsModule {}
