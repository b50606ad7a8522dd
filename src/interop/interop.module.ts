import { Module } from '@nestjs/common';
import { DigitalLinkModule } from './digital-link/digital-link.module.js';
import { EpcisModule } from './epcis/epcis.module.js';

/** What other systems speak. */
@Module({ imports: [DigitalLinkModule, EpcisModule] })
export class InteropModule {}
