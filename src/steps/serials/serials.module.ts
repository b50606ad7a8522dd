import { Module } from '@nestjs/common';
import { CaptureModule } from '../../capture/capture.module.js';
import { PartnersModule } from '../../partners/partners.module.js';
import { SerialNumbersService } from './serial-numbers.service.js';
import { SerialOrdersController } from './serial-orders.controller.js';
import { SerialOrdersResolver } from './serial-orders.resolver.js';
import { SerialsStore } from './serials.store.js';

@Module({
  imports: [PartnersModule, CaptureModule],
  controllers: [SerialOrdersController],
  providers: [SerialsStore, SerialNumbersService, SerialOrdersResolver],
  exports: [SerialNumbersService],
})
export class SerialsModule {}
