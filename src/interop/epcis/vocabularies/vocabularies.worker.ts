import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Workers } from '../../../platform/jobs/workers.js';
import { VocabulariesStore } from './vocabularies.store.js';

const EVERY_MS = 500;

/** Follows the logs for the values that events use. */
@Injectable()
export class VocabulariesWorker implements OnApplicationBootstrap {
  constructor(
    private readonly workers: Workers,
    private readonly store: VocabulariesStore,
  ) {}

  onApplicationBootstrap(): void {
    this.workers.every('epcis-vocabularies', { everyMs: EVERY_MS }, async (signal) => {
      await this.store.begin();
      while (!signal.aborted && (await this.store.learn()));
    });
  }
}
