import { Module } from '@nestjs/common';
import { CaptureModule } from '../capture/capture.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { CommissioningResolver } from './commissioning.resolver.js';
import { DecommissioningResolver } from './decommissioning.resolver.js';
import { DispensingResolver } from './dispensing.resolver.js';
import { DispensingService } from './dispensing.service.js';
import { LotsModule } from './lots/lots.module.js';
import { PackingResolver } from './packing.resolver.js';
import { SerialOrdersModule } from './serials/serial-orders.module.js';
import { SerialsModule } from '../partners/serials/serials.module.js';
import { ShippingResolver } from './shipping.resolver.js';
import { SsccMint } from './sscc-mint.service.js';

@Module({
  imports: [CaptureModule, PartnersModule, SerialsModule, SerialOrdersModule, LotsModule],
  providers: [
    SsccMint,
    DispensingService,
    CommissioningResolver,
    PackingResolver,
    ShippingResolver,
    DispensingResolver,
    DecommissioningResolver,
  ],
})
export class StepsModule {}
