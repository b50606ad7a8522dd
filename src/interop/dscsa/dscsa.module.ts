import { Module } from '@nestjs/common';
import { TraceModule } from '../../trace/trace.module.js';
import { ShipmentContents } from './shipments/shipment-contents.service.js';
import { ShipmentEventsStore } from './shipments/shipment-events.store.js';
import { ShipmentFiles } from './shipments/shipment-files.service.js';
import { DscsaShipmentsController } from './shipments/shipments.controller.js';

/** What the US Drug Supply Chain Security Act wants of trading partners. */
@Module({
  imports: [TraceModule],
  controllers: [DscsaShipmentsController],
  providers: [ShipmentContents, ShipmentEventsStore, ShipmentFiles],
})
export class DscsaModule {}
