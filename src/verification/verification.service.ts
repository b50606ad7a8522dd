import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { CaptureService } from '../capture/capture.service.js';
import { StepRefusedError } from '../domain/custody/refusal.js';
import { triageScan } from '../domain/gs1/scan.js';
import { itemKey } from '../domain/custody/world.js';
import type { PackKey } from '../domain/verdict/choose-reading.js';
import { suppliesMedicine } from '../domain/verdict/verdict.js';
import { PartnersDirectory } from '../partners/partners-directory.js';
import { Database } from '../platform/database/database.js';
import { isConnectionLoss } from '../platform/database/errors.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { SerialNumbersService } from '../partners/serials/serial-numbers.service.js';
import { answer, factsOf, lookUp, scanRow, type Job } from './group.js';
import { insertScans, readReported, wasScanned } from './verification.store.js';
import type { Verified, VerifyRequest } from './verification.js';

/** Most scans in one group. */
const GROUP_SCANS = 256;
/** Groups under way at once: while the scans of one are being stored, the next reads. */
const LANES = 2;

interface Waiting extends Job {
  readonly resolve: (verified: Verified) => void;
  readonly reject: (error: unknown) => void;
}

/** A scan in, a verdict out. Scans of many clients are looked up and kept together. */
@Injectable()
export class VerificationService implements OnApplicationShutdown {
  private waiting: Waiting[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly presenting = new Set<Promise<void>>();
  private readonly lanes: Database;
  private readonly verdicts: Counter<'verdict' | 'reason'>;
  private readonly groups: Histogram;
  private scheduled = false;

  constructor(
    database: Database,
    metrics: Metrics,
    private readonly directory: PartnersDirectory,
    private readonly serials: SerialNumbersService,
    private readonly capture: CaptureService,
  ) {
    this.lanes = database.lanes(LANES);
    this.verdicts = new Counter({
      name: 'halisi_verdicts_total',
      help: 'Verdicts given, by verdict and gravest reason.',
      labelNames: ['verdict', 'reason'],
      registers: [metrics.registry],
    });
    this.groups = new Histogram({
      name: 'halisi_verification_group_scans',
      help: 'Scans that were looked up and kept together.',
      buckets: [1, 4, 16, 64, 256],
      registers: [metrics.registry],
    });
  }

  /**
   * Answers what a scan is worth, and keeps the scan: it is durable when the answer is given. A supplier who presents a pack
   * that was dispensed before makes a repeat of it, with what follows (design part 4). The same scan with the same time
   * counts once. Throws when the database cannot be reached; then nothing was answered, and the client asks again.
   */
  verify(request: VerifyRequest): Promise<Verified> {
    return new Promise((resolve, reject) => {
      const triage = triageScan(request.raw);
      const scannedAt = request.scannedAt ?? new Date().toISOString();
      this.waiting.push({ request, triage, scannedAt, presented: false, resolve, reject });
      this.schedule();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    while (this.waiting.length + this.underWay.size + this.presenting.size > 0) {
      this.start();
      await Promise.all([...this.underWay, ...this.presenting]);
    }
    await this.lanes.close();
  }

  /** Scans that arrive in the same turn of the event loop share a group. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.start();
    });
  }

  private start(): void {
    while (this.underWay.size < LANES && this.waiting.length > 0) {
      const lane = this.run(this.waiting.splice(0, GROUP_SCANS)).finally(() => {
        this.underWay.delete(lane);
        if (this.waiting.length > 0) this.schedule();
      });
      this.underWay.add(lane);
    }
  }

  private async run(group: Waiting[]): Promise<void> {
    this.groups.observe(group.length);
    try {
      await this.answer(group);
    } catch (error) {
      // What one scan cannot do must not stop the others: each is tried by itself.
      if (group.length > 1 && !isConnectionLoss(error)) for (const job of group) await this.run([job]);
      else for (const job of group) job.reject(error);
    }
  }

  private async answer(group: Waiting[]): Promise<void> {
    const packs = await lookUp(this.lanes, group);
    const asOf = Date.now();
    const done: { job: Waiting; verified: Verified }[] = [];
    const again: { job: Waiting; pack: PackKey }[] = [];
    const unknown: Promise<void>[] = [];
    const looked = group.map((job) => ({ job, facts: factsOf(job, packs) }));
    const unrecorded = looked.flatMap(({ facts }) => (facts.pack === undefined && facts.key ? [facts.key] : []));
    const reports = readReported(this.lanes, unrecorded);
    for (const { job, facts } of looked) {
      if (facts.pack === undefined && facts.key !== undefined) {
        unknown.push(
          Promise.all([this.unrecorded(facts.key), reports]).then(([known, reported]) => {
            const of = reported.get(itemKey(facts.key!.gtin, facts.key!.serial)) ?? [];
            done.push({ job, verified: answer(job, facts, { ...known, reported: of }, asOf) });
          }),
        );
        continue;
      }
      const verified = answer(
        job,
        facts,
        { productKnown: true, serialIssued: true, reported: facts.pack?.reported ?? [] },
        asOf,
      );
      if (isPresentedAgain(job, verified)) again.push({ job, pack: facts.key! });
      else done.push({ job, verified });
    }
    await Promise.all(unknown);
    await insertScans(
      this.lanes,
      done.map(({ job, verified }) => scanRow(job, verified)),
    );
    for (const { job, verified } of done) {
      this.verdicts.inc({ verdict: verified.verdict.verdict, reason: verified.verdict.reason ?? 'none' });
      job.resolve(verified);
    }
    for (const { job, pack } of again) this.present(job, pack);
  }

  /** What is known of a serial number that no pack carries. */
  private async unrecorded({ gtin, serial }: PackKey): Promise<{ productKnown: boolean; serialIssued: boolean }> {
    const product = this.directory.product(gtin) ?? (await this.directory.findProduct(gtin));
    if (product === undefined) return { productKnown: false, serialIssued: false };
    return { productKnown: true, serialIssued: await this.serials.wasIssued(gtin, serial) };
  }

  /** Takes a dispensed pack through the write path, and the scan back into the queue: its answer shows what came of it. */
  private present(job: Waiting, pack: PackKey): void {
    const presenting = this.presentAgain(job, pack)
      .then(() => {
        this.waiting.push({ ...job, presented: true });
        this.schedule();
      }, job.reject)
      .finally(() => this.presenting.delete(presenting));
    this.presenting.add(presenting);
  }

  private async presentAgain({ request, scannedAt }: Waiting, pack: PackKey): Promise<void> {
    const { viewer, person, raw } = request;
    if (viewer === 'public' || viewer.site === null) return;
    const { organisation, role, site } = viewer;
    if (request.scannedAt !== undefined && (await wasScanned(this.lanes, pack, site, scannedAt, raw))) return;
    try {
      await this.capture.capture({
        command: { step: 'repeating', pack },
        act: { organisation, role, site, eventTime: scannedAt },
        person,
      });
    } catch (error) {
      // The dispense was undone since we looked: the second look sees that.
      if (!(error instanceof StepRefusedError && error.code === 'STEP_NOT_ALLOWED')) throw error;
    }
  }
}

/** Somebody who supplies medicine has a pack in hand that was dispensed. */
function isPresentedAgain({ request, presented }: Job, { pack, verdict }: Verified): boolean {
  const { viewer } = request;
  if (presented || pack?.life !== 'dispensed' || verdict.verdict === 'cannot_tell') return false;
  return viewer !== 'public' && viewer.site !== null && suppliesMedicine(viewer.role);
}
