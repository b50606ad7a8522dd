import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { mayAct } from '../../../access/abilities.js';
import type { Actor } from '../../../access/actor.js';
import { DomainError } from '../../../domain/errors.js';
import { PartnersDirectory } from '../../../partners/partners-directory.js';
import { Config } from '../../../platform/config/config.js';
import { Database } from '../../../platform/database/database.js';
import { isConnectionLoss } from '../../../platform/database/errors.js';
import { Lease } from '../../../platform/database/lease.js';
import { problemOf } from '../../../platform/http/problem.js';
import { Workers } from '../../../platform/jobs/workers.js';
import { Log } from '../../../platform/logging.js';
import { unpacked } from '../capture/body-source.js';
import { CaptureJobs } from '../capture/capture-jobs.service.js';
import type { CaptureJob } from '../capture/job.js';
import { jobJson } from '../capture/job-view.js';
import { formOfName } from '../import/file-form.js';
import { epcisProblemBody } from '../rest/problem-writer.js';
import { type DroppedFile, Folder } from './folder.js';

const LOOK_MS = 500;
/** A file that has not changed for so long is whole. */
const STILL_MS = 2000;
const LEASE_SECONDS = 30;
const RENEW_MS = 5000;

/** Captures what is dropped into HALISI_DROP_FOLDER (docs/operations/epcis-capture.md). One process at a time does. */
@Injectable()
export class DropFolder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly lease: Lease;
  private heldAt = 0;
  /** Sizes and times of the files as they were last seen, by path. */
  private seen = new Map<string, DroppedFile>();

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Workers) private readonly workers: Workers,
    @Inject(Log) private readonly log: Log,
    @Inject(Database) database: Database,
    private readonly directory: PartnersDirectory,
    private readonly jobs: CaptureJobs,
  ) {
    this.lease = new Lease(database, `drop folder ${config.epcis.dropFolder}`, LEASE_SECONDS);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { dropFolder } = this.config.epcis;
    if (dropFolder === undefined || this.config.role === 'api') return;
    const folder = new Folder(dropFolder);
    await folder.prepare();
    this.workers.every('drop folder', { everyMs: LOOK_MS }, (signal) => this.round(folder, signal));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.workers.stop();
    if (this.config.epcis.dropFolder !== undefined) await this.lease.release().catch(() => undefined);
  }

  private async holds(): Promise<boolean> {
    if (Date.now() - this.heldAt < RENEW_MS) return true;
    const asked = Date.now();
    const held = await this.lease.hold();
    this.heldAt = held ? asked : 0;
    return held;
  }

  private async round(folder: Folder, signal: AbortSignal): Promise<void> {
    if (!(await this.holds())) return;
    const files = await folder.files();
    const before = this.seen;
    this.seen = new Map(files.map((file) => [file.path, file]));
    for (const file of files) {
      if (signal.aborted || !(await this.holds())) return;
      if (isStill(file, before.get(file.path))) await this.take(folder, file, signal);
    }
  }

  private async take(folder: Folder, file: DroppedFile, signal: AbortSignal): Promise<void> {
    const organisation = this.directory.organisationByGln(file.gln);
    if (organisation === undefined) return;
    const actor: Actor = {
      organisationId: organisation.id,
      organisationRole: organisation.role,
      subject: { kind: 'client', id: 0 },
      roles: ['operator'],
      tokenId: 'drop folder',
    };
    try {
      const job = await this.captured(folder, file, actor, signal);
      if (job === undefined) return;
      await folder.settle(file, job.success ? 'done' : 'failed', jobJson(job));
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined || isConnectionLoss(error)) throw error;
      await folder.settle(file, 'failed', epcisProblemBody(problem, error));
    }
    this.log.pino.info({ file: file.path }, 'A dropped document was taken.');
  }

  /** The job of a file when it has ended; undefined where the file has changed, or the server stops. */
  private async captured(
    folder: Folder,
    file: DroppedFile,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<CaptureJob | undefined> {
    if (!mayAct(actor, 'capture')) throw refused('FORBIDDEN', 'This organisation captures nothing.');
    const form = formOfName(file.name);
    if (form === undefined)
      throw refused('UNSUPPORTED_MEDIA_TYPE', 'Expected .json, .jsonld or .xml, or one of them and .gz.');
    const handle = await folder.open(file);
    if (handle === undefined) return undefined;
    const raw = handle.createReadStream();
    const source = form.gzip ? unpacked(raw) : raw;
    const sent = { mediaType: form.mediaType, form: form.mediaType === 'application/json' ? 'json' : 'xml' } as const;
    const id = await this.jobs.submit(actor, source, sent, 'rollback').finally(() => raw.destroy());
    for (;;) {
      const job = await this.jobs.find(actor, id);
      if (job?.finishedAt != null) return job;
      if (signal.aborted || !(await this.holds())) return undefined;
      await delay(LOOK_MS / 5);
    }
  }
}

const isStill = (file: DroppedFile, before: DroppedFile | undefined): boolean =>
  before !== undefined &&
  before.size === file.size &&
  before.modifiedMs === file.modifiedMs &&
  Date.now() - file.modifiedMs >= STILL_MS;

const refused = (code: string, message: string): DomainError => new DomainError(code, message);
