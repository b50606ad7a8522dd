import { Module } from '@nestjs/common';
import { SerialNumbersService } from './serial-numbers.service.js';
import { SerialsStore } from './serials.store.js';

@Module({ providers: [SerialsStore, SerialNumbersService], exports: [SerialsStore, SerialNumbersService] })
export class SerialsModule {}
