import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Workers } from '../../platform/jobs/workers.js';
import { LOG } from '../transparency.service.js';
import { TrailBatcher } from './trail-batcher.js';

const EVERY_MS = 5000;

/** Puts what was read since the last round into the log. */
@Injectable()
export class TrailWorker implements OnApplicationBootstrap {
  private readonly batcher: TrailBatcher;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Workers) private readonly workers: Workers,
  ) {
    this.batcher = new TrailBatcher(database, LOG);
  }

  onApplicationBootstrap(): void {
    this.workers.every('log-trail', { everyMs: EVERY_MS }, async (signal) => void (await this.batcher.run(signal)));
  }
}
