import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../access/actor.js';
import type { DocumentHeader } from '../../../domain/epcis/document.js';
import { Database } from '../../../platform/database/database.js';
import { gathered } from '../../../platform/database/gathered.js';
import type { Behaviour, CaptureJob, JobError, JobResult, StoredJob, WaitingJob } from './job.js';

/** A job to be stored, with its document where that is small. */
export interface NewJob {
  readonly id: string;
  readonly actor: Actor;
  readonly behaviour: Behaviour;
  readonly mediaType: string;
  readonly bytes: number;
  /** JSON of the document without its events. */
  readonly header: string;
  readonly body: Buffer | null;
}

interface FinishedJob extends JobResult {
  readonly number: number;
}

const INSERT = `insert into capture_job (id, organisation_id, actor, behaviour, media_type, bytes, events, header, body)
  select id, organisation, actor, behaviour, media_type, bytes, 0, header, body
  from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bytea[])
    as x (id, organisation, actor, behaviour, media_type, bytes, header, body)
  returning id, number`;

const FINISH = `update capture_job j set finished_at = now(), body = null, success = x.success, events = x.events,
    captured = x.captured, duplicates = x.duplicates, reported = x.reported, refused = x.refused, errors = x.errors,
    named = x.named, positions = x.positions::bigint[]
  from unnest($1::bigint[], $2::boolean[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::int[], $10::text[])
    as x (number, success, events, captured, duplicates, reported, refused, errors, named, positions)
  where j.number = x.number and j.finished_at is null`;

const PROGRESS = `update capture_job set success = $2, events = $3, captured = $4, duplicates = $5, reported = $6,
    refused = $7, errors = $8
  where number = $1 and finished_at is null`;

const COLUMNS = `number, id, created_at, finished_at, success, behaviour, media_type, bytes, events, captured, duplicates,
  reported, refused, errors`;

/** Jobs of capture. Inserts and finishes of many requests are gathered into one statement each. */
@Injectable()
export class CaptureJobsStore {
  private readonly inserts = gathered((jobs: readonly NewJob[]) => this.insertAll(jobs), 200);
  private readonly finishes = gathered((jobs: readonly FinishedJob[]) => this.finishAll(jobs), 200);

  constructor(private readonly database: Database) {}

  /** Stores a job; it is durable when this answers its number. */
  insert(job: NewJob): Promise<number> {
    return this.inserts.load(job);
  }

  /** Ends a job. Another process may have ended it before: then nothing changes. */
  async finish(number: number, result: JobResult): Promise<void> {
    await this.finishes.load({ number, ...result });
  }

  /** What is known of a job that is still running. */
  async progress(number: number, result: JobResult): Promise<void> {
    const { success, events, captured, duplicates, reported, refused, errors } = result;
    const values = [number, success, events, captured, duplicates, reported, refused, JSON.stringify(errors)];
    await this.database.execute('capture-job-progress', PROGRESS, values);
  }

  /** The oldest jobs of an organisation that have not finished, in order. */
  async unfinished(organisation: number, most: number): Promise<number[]> {
    const rows = await this.database.query<{ number: number }>(
      'capture-jobs-unfinished',
      `select number from capture_job where organisation_id = $1 and finished_at is null order by number limit $2`,
      [organisation, most],
    );
    return rows.map(({ number }) => number);
  }

  /** Organisations with unfinished jobs. */
  async organisationsWaiting(): Promise<number[]> {
    const text = 'select distinct organisation_id from capture_job where finished_at is null';
    const rows = await this.database.query<{ organisation_id: number }>('capture-jobs-organisations', text);
    return rows.map(({ organisation_id }) => organisation_id);
  }

  /** Takes a job up that whoever accepted it does not run, and counts that. */
  async takeUp(number: number): Promise<(WaitingJob & { readonly attempts: number }) | undefined> {
    type Taken = Record<string, unknown> & {
      id: string;
      actor: string;
      behaviour: Behaviour;
      media_type: string;
      body: Buffer | null;
      attempts: number;
    };
    const [row] = await this.database.query<Taken>(
      'capture-job-take-up',
      `update capture_job set attempts = least(attempts + 1, 1000) where number = $1 and finished_at is null
       returning id, actor, behaviour, media_type, body, attempts`,
      [number],
    );
    if (row === undefined) return undefined;
    const { id, actor, behaviour, media_type: mediaType, body, attempts } = row;
    return { number, id, actor: JSON.parse(actor) as Actor, behaviour, mediaType, body, attempts };
  }

  /** A job of the organisation, or undefined. */
  async find(organisation: number, id: string): Promise<CaptureJob | undefined> {
    const text = `select ${COLUMNS} from capture_job where id = $1 and organisation_id = $2`;
    const [row] = await this.database.query<JobRow>('capture-job-find', text, [id, organisation]);
    return row && jobOf(row);
  }

  /** Jobs of the organisation, newest first, older than the job `before`. */
  async page(organisation: number, before: number | null, most: number): Promise<CaptureJob[]> {
    const text = `select ${COLUMNS} from capture_job where organisation_id = $1 and number < coalesce($2, 9007199254740991)
      order by number desc limit $3`;
    return (await this.database.query<JobRow>('capture-jobs-page', text, [organisation, before, most])).map(jobOf);
  }

  /** What it takes to write the document of a job out again. */
  async stored(organisation: number, id: string): Promise<StoredJob | undefined> {
    type Stored = Record<string, unknown> & {
      number: number;
      finished_at: Date | null;
      events: number;
      stored: boolean;
      named: number;
      header: string;
      positions: string | null;
    };
    const text = `select number, finished_at, events, captured + duplicates > 0 as stored, named, header, positions::text
      from capture_job where id = $1 and organisation_id = $2`;
    const [row] = await this.database.query<Stored>('capture-job-stored', text, [id, organisation]);
    if (row === undefined) return undefined;
    return {
      number: row.number,
      finished: row.finished_at !== null,
      stored: row.stored,
      named: row.named === 0 ? 'none' : row.named === row.events ? 'all' : 'some',
      header: JSON.parse(row.header) as DocumentHeader,
      positions: row.positions === null ? null : row.positions.slice(1, -1).split(',').map(Number),
    };
  }

  /** Removes jobs that finished so many days ago and stored nothing; those of stored events stay with these. */
  async forget(days: number): Promise<number> {
    const text = `delete from capture_job where finished_at < now() - make_interval(days => $1)
      and captured + duplicates = 0`;
    return this.database.execute('capture-jobs-forget', text, [days]);
  }

  private async insertAll(jobs: readonly NewJob[]): Promise<number[]> {
    const rows = await this.database.query<{ id: string; number: number }>('capture-jobs-insert', INSERT, [
      jobs.map(({ id }) => id),
      jobs.map(({ actor }) => actor.organisationId),
      jobs.map(({ actor }) => JSON.stringify(actor)),
      jobs.map(({ behaviour }) => behaviour),
      jobs.map(({ mediaType }) => mediaType),
      jobs.map(({ bytes }) => bytes),
      jobs.map(({ header }) => header),
      jobs.map(({ body }) => body),
    ]);
    const numbers = new Map(rows.map(({ id, number }) => [id, number]));
    return jobs.map(({ id }) => numbers.get(id)!);
  }

  private async finishAll(jobs: readonly FinishedJob[]): Promise<void[]> {
    await this.database.execute('capture-jobs-finish', FINISH, [
      jobs.map(({ number }) => number),
      jobs.map(({ success }) => success),
      jobs.map(({ events }) => events),
      jobs.map(({ captured }) => captured),
      jobs.map(({ duplicates }) => duplicates),
      jobs.map(({ reported }) => reported),
      jobs.map(({ refused }) => refused),
      jobs.map(({ errors }) => JSON.stringify(errors)),
      jobs.map(({ named }) => named),
      jobs.map(({ positions }) => positions && `{${positions.join(',')}}`),
    ]);
    return jobs.map(() => undefined);
  }
}

type JobRow = {
  number: number;
  id: string;
  created_at: Date;
  finished_at: Date | null;
  success: boolean;
  behaviour: Behaviour;
  media_type: string;
  bytes: number;
  events: number;
  captured: number;
  duplicates: number;
  reported: number;
  refused: number;
  errors: string;
};

const jobOf = (row: JobRow): CaptureJob => ({
  number: row.number,
  id: row.id,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
  success: row.success,
  behaviour: row.behaviour,
  mediaType: row.media_type,
  bytes: row.bytes,
  counts: {
    events: row.events,
    captured: row.captured,
    duplicates: row.duplicates,
    reported: row.reported,
    refused: row.refused,
  },
  errors: JSON.parse(row.errors) as JobError[],
});
