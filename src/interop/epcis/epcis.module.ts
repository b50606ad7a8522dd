import { Module } from '@nestjs/common';
import { CaptureModule } from '../../capture/capture.module.js';
import { CaptureController } from './capture/capture.controller.js';
import { CaptureJobs } from './capture/capture-jobs.service.js';
import { CaptureJobsStore } from './capture/capture-jobs.store.js';
import { CaptureMetrics } from './capture/capture.metrics.js';
import { DocumentOut } from './capture/document-out.service.js';
import { EventIntakeController } from './capture/events.controller.js';
import { JobRunner } from './capture/job-runner.js';
import { Lanes } from './capture/lanes.js';
import { SingleEvent } from './capture/single-event.service.js';
import { SpoolStore } from './capture/spool.store.js';
import { StoredEventsStore } from './capture/stored-events.store.js';
import { DropFolder } from './drop-folder/drop-folder.worker.js';
import { EpcisRestModule } from './rest/rest.module.js';
import { StandingModule } from './standing.module.js';

/** The EPCIS 2.0 REST binding. */
@Module({
  imports: [EpcisRestModule, StandingModule, CaptureModule],
  controllers: [CaptureController, EventIntakeController],
  providers: [
    CaptureJobs,
    CaptureJobsStore,
    CaptureMetrics,
    DocumentOut,
    DropFolder,
    JobRunner,
    Lanes,
    SingleEvent,
    SpoolStore,
    StoredEventsStore,
  ],
  exports: [CaptureJobs],
})
export class EpcisModule {}
