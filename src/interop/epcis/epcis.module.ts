import { Module } from '@nestjs/common';
import { EpcisRootController } from './rest/root.controller.js';

/** The EPCIS 2.0 REST binding. */
@Module({ controllers: [EpcisRootController] })
export class EpcisModule {}
