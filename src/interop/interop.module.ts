import { Module } from '@nestjs/common';
import { EpcisModule } from './epcis/epcis.module.js';

/** What other systems speak. */
@Module({ imports: [EpcisModule] })
export class InteropModule {}
