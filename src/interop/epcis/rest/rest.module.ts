import { Module } from '@nestjs/common';
import { EventDocuments } from './event-documents.service.js';
import { EpcisRootController } from './root.controller.js';

/** The frame of the REST binding. Exports EventDocuments to whatever answers with events. */
@Module({ controllers: [EpcisRootController], providers: [EventDocuments], exports: [EventDocuments] })
export class EpcisRestModule {}
