import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import { ForeignCapture } from '../../../capture/foreign/foreign-capture.service.js';
import { DomainError } from '../../../domain/errors.js';
import { MasterData } from '../../../partners/master-data/master-data.js';
import { isConnectionLoss } from '../../../platform/database/errors.js';
import { problemOf } from '../../../platform/http/problem.js';
import { Log } from '../../../platform/logging.js';
import { asEpcisProblem } from '../rest/document-problem.js';
import { CaptureJobsStore } from './capture-jobs.store.js';
import { CaptureMetrics } from './capture.metrics.js';
import { DocumentInvalid, validBatches } from './event-batches.js';
import { JobReport, type RefusedEvent } from './job-report.js';
import type { Behaviour, WaitingJob } from './job.js';
import { openStored, type StoredDocument } from './reading.js';
import { SpoolStore } from './spool.store.js';

/** A job taken up so often from the database is given up: what is wrong with it, another try does not mend. */
const MOST_ATTEMPTS = 25;
const PROGRESS_MS = 1000;

/** A job with its document. */
export interface ReadyJob {
  readonly number: number;
  readonly id: string;
  readonly actor: Actor;
  readonly behaviour: Behaviour;
  readonly document: StoredDocument;
  /** True where the document is in memory. */
  readonly small: boolean;
  readonly attempts: number;
}

/** Takes one job from its document to its end. */
@Injectable()
export class JobRunner {
  constructor(
    private readonly store: CaptureJobsStore,
    private readonly spool: SpoolStore,
    private readonly capture: ForeignCapture,
    private readonly masterData: MasterData,
    private readonly metrics: CaptureMetrics,
    private readonly log: Log,
  ) {}

  /** A job that whoever accepted it does not run; undefined where it has finished meanwhile. */
  async takeUp(number: number): Promise<ReadyJob | undefined> {
    const job = await this.store.takeUp(number);
    if (job === undefined) return undefined;
    const document = openStored(() => this.bytesOf(job), job.mediaType);
    return { ...job, document, small: job.body !== null };
  }

  /**
   * Runs a job and ends it. Jobs of one organisation are handed to the write path in the order in which this is called.
   * Throws, with the job not ended, what another try may mend.
   */
  async run(job: ReadyJob): Promise<void> {
    const started = performance.now();
    const report = new JobReport();
    if (job.attempts > MOST_ATTEMPTS) {
      report.document({ status: 500, code: 'GIVEN_UP', message: 'The job failed again and again on our side.' });
      report.nothingStored();
    } else await this.captureAll(job, report);
    const result = report.result();
    await this.store.finish(job.number, result);
    if (!job.small) await this.spool.remove(job.id);
    this.metrics.finished(result, (performance.now() - started) / 1000);
  }

  private async captureAll(job: ReadyJob, report: JobReport): Promise<void> {
    const { actor, behaviour, number } = job;
    const progress = this.progressOf(job, report);
    try {
      const outcome = await this.capture.captureDocument({
        actor,
        behaviour,
        document: number,
        events: validBatches(job.document.events(), behaviour, report),
        onProgress: (counts) => progress.see(counts),
      });
      await progress.end();
      report.captured(outcome);
      report.storedAt(outcome.events.map(({ position }) => position));
      await this.explain(job, outcome.refusedEvents, report);
      if (outcome.stored) await this.keepMasterData(job);
      else report.nothingStored();
    } catch (error) {
      await progress.end();
      if (error instanceof DocumentInvalid) return report.nothingStored();
      if (mayPass(error)) throw error;
      const seen = asEpcisProblem(error);
      const problem = problemOf(seen);
      if (problem === undefined) throw error;
      report.document(problem, seen);
      if (behaviour === 'rollback') report.nothingStored();
    }
  }

  /** What the document says of products, places and parties goes to the view of whoever captured it. */
  private async keepMasterData({ id, actor, document }: ReadyJob): Promise<void> {
    const header = await document.header();
    const { epcisHeader, epcisBody, sender, '@context': context } = header;
    const list = [
      ...(epcisHeader?.epcisMasterData?.vocabularyList ?? []),
      ...(epcisBody?.queryResults?.resultsBody?.vocabularyList ?? []),
    ];
    if (list.length > 0) await this.masterData.store(actor.organisationId, { job: id, sender, context }, list);
  }

  /** Says of each refused event where it is. */
  private async explain(job: ReadyJob, refused: readonly RefusedEvent[], report: JobReport): Promise<void> {
    if (refused.length === 0) return;
    const wanted = new Map(refused.map((each) => [each.index, each]));
    for await (const raw of job.document.events()) {
      const found = wanted.get(raw.index);
      if (found === undefined) continue;
      report.refused(raw, found);
      wanted.delete(raw.index);
      if (wanted.size === 0) return;
    }
  }

  /** Writes down how far a large job is, now and then, one write at a time. */
  private progressOf(job: ReadyJob, report: JobReport) {
    let last = Date.now();
    let writing: Promise<void> | undefined;
    return {
      see: (counts: { captured: number; duplicates: number; reported: number; refused: number }): void => {
        report.captured(counts);
        if (job.small || writing !== undefined || Date.now() - last < PROGRESS_MS) return;
        last = Date.now();
        writing = this.store
          .progress(job.number, report.result())
          .catch((error: unknown) => this.log.pino.warn({ err: error, job: job.id }, 'Progress was not written down.'))
          .finally(() => (writing = undefined));
      },
      end: async (): Promise<void> => {
        await writing;
      },
    };
  }

  private async *bytesOf({ id, body }: WaitingJob): AsyncGenerator<Uint8Array> {
    if (body === null) yield* this.spool.read(id);
    else yield body;
  }
}

/** What another try may mend: the database was away, or others were changing the same packs. */
const mayPass = (error: unknown): boolean =>
  isConnectionLoss(error) || (error instanceof DomainError && error.code === 'UNAVAILABLE');
