import { Module } from '@nestjs/common';
import { SerialsModule } from '../../partners/serials/serials.module.js';
import { SerialOrdersController } from './serial-orders.controller.js';
import { SerialOrdersResolver } from './serial-orders.resolver.js';

@Module({ imports: [SerialsModule], controllers: [SerialOrdersController], providers: [SerialOrdersResolver] })
export class SerialOrdersModule {}
