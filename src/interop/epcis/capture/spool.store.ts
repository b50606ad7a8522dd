import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';

/** Large documents, in parts, from their arrival until their job has finished. */
@Injectable()
export class SpoolStore {
  constructor(private readonly database: Database) {}

  async write(job: string, part: number, bytes: Buffer): Promise<void> {
    const text = 'insert into capture_spool (job, part, bytes) values ($1, $2, $3)';
    await this.database.execute('capture-spool-write', text, [job, part, bytes]);
  }

  /** The bytes of a document, a part at a time. */
  async *read(job: string): AsyncGenerator<Buffer> {
    const text = 'select bytes from capture_spool where job = $1 and part = $2';
    for (let part = 0; ; part++) {
      const [row] = await this.database.query<{ bytes: Buffer }>('capture-spool-read', text, [job, part]);
      if (row === undefined) return;
      yield row.bytes;
    }
  }

  async remove(job: string): Promise<void> {
    await this.database.execute('capture-spool-remove', 'delete from capture_spool where job = $1', [job]);
  }

  /** Removes what no job refers to and nobody is sending any more: uploads that broke off, and what a crash left. */
  async sweep(): Promise<number> {
    const text = `delete from capture_spool s using (
        select first.job from capture_spool first left join capture_job j on j.id = first.job
        where first.part = 0 and (j.finished_at is not null or (j.id is null and not exists (
          select from capture_spool later
          where later.job = first.job and later.received_at > now() - interval '2 hours')))
      ) gone where s.job = gone.job`;
    return this.database.execute('capture-spool-sweep', text);
  }
}
