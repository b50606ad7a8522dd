import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { Config } from '../../../platform/config/config.js';
import { Workers } from '../../../platform/jobs/workers.js';
import type { DocumentForm } from '../rest/negotiation.js';
import { CaptureJobsStore } from './capture-jobs.store.js';
import { CaptureMetrics } from './capture.metrics.js';
import type { Behaviour, CaptureJob } from './job.js';
import { Lanes } from './lanes.js';
import { type CaptureLimits, inMemory, openStored, readArriving, readSmall } from './reading.js';
import { Spooling } from './spooling.js';
import { SpoolStore } from './spool.store.js';

const SWEEP_MS = 600_000;

/** Jobs of capture, for every door through which documents come. */
@Injectable()
export class CaptureJobs implements OnModuleInit {
  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Workers) private readonly workers: Workers,
    private readonly store: CaptureJobsStore,
    private readonly spool: SpoolStore,
    private readonly lanes: Lanes,
    private readonly metrics: CaptureMetrics,
  ) {}

  onModuleInit(): void {
    this.workers.every('capture retention', { everyMs: SWEEP_MS }, async () => {
      await this.spool.sweep();
      await this.store.forget(this.config.epcis.jobDays);
    });
  }

  get limits(): CaptureLimits {
    const { captureLimit: events, captureFileSizeLimit: bytes } = this.config.epcis;
    return { events, bytes };
  }

  /**
   * Takes a document in: reads it once to its end, keeping it as it comes, and answers the job's id when it is durable. Throws
   * ValidationException for what is no EPCIS document, CaptureLimitExceededException over the limits, with nothing kept.
   */
  async submit(
    actor: Actor,
    source: AsyncIterable<Uint8Array>,
    { mediaType, form }: { readonly mediaType: string; readonly form: DocumentForm },
    behaviour: Behaviour,
  ): Promise<string> {
    const id = randomUUID();
    const spooling = new Spooling(this.spool, id, this.limits.bytes);
    try {
      const header = await readArriving(spooling, source, mediaType, this.limits);
      const body = await spooling.end();
      const document =
        body === null
          ? openStored(() => this.spool.read(id), mediaType)
          : inMemory(await readSmall(body, mediaType, this.limits));
      const { bytes } = spooling;
      const text = JSON.stringify(header);
      const number = await this.store.insert({ id, actor, behaviour, mediaType, bytes, header: text, body });
      this.metrics.acceptedDocument(form, bytes);
      this.lanes.hand({ number, id, actor, behaviour, document, small: body !== null, attempts: 0 });
      return id;
    } catch (error) {
      await spooling.discard();
      throw error;
    }
  }

  /** A job of the actor's organisation, or undefined. */
  find(actor: Actor, id: string): Promise<CaptureJob | undefined> {
    return this.store.find(actor.organisationId, id);
  }

  /** Jobs of the actor's organisation, newest first, older than the job `before`. */
  page(actor: Actor, before: number | null, most: number): Promise<CaptureJob[]> {
    return this.store.page(actor.organisationId, before, most);
  }
}
